//! Messages about whether identities are one person's.

catalogue! {
    several_cases(cases) { en: "the identities given lie in several open cases: {cases}", de: "die angegebenen Kennungen liegen in mehreren offenen Vorgängen: {cases}" }
    several_cases_help(case) { en: "say which case it is about, with --case, such as --case {case}, and leave out what belongs to another; if it is one person after all, go on in one case and close the other: dsr case close CASE --how withdrawn", de: "mit --case sagen, um welchen Vorgang es geht, etwa --case {case}, und weglassen, was zu einem anderen gehört; ist es doch dieselbe Person, in einem Vorgang weitermachen und den anderen schließen: dsr case close VORGANG --how withdrawn" }
    mixed_up() { en: "Of two people in one case, one would be handed the other's data, or be erased with the other.", de: "Stehen zwei Menschen in einem Vorgang, bekäme der eine die Daten des anderen oder würde mit ihm gelöscht." }
    strange(case, count) { en: "case {case} does not know all identities given; new to it: {count}", de: "Vorgang {case} kennt nicht alle angegebenen Kennungen; ihm neu: {count}" }
    strange_help() { en: "if they are the same person's: the same command with --same-person; identity has to be confirmed anew then", de: "gehören sie derselben Person: denselben Befehl mit --same-person; die Identität ist dann neu zu bestätigen" }
    strange_other_help() { en: "if they are somebody else's: leave them out; for a case of their own give them alone, without --case", de: "gehören sie jemand anderem: weglassen; für einen eigenen Vorgang nur sie angeben, ohne --case" }
    not_in_case(case) { en: "case {case} does not know one of these identities", de: "Vorgang {case} kennt eine dieser Kennungen nicht" }
    not_in_case_help() { en: "give the identity as it was stated when it came into the case", de: "die Kennung so angeben, wie sie in den Vorgang kam" }
    last_one(case) { en: "case {case} would know nobody any more", de: "Vorgang {case} würde danach niemanden mehr kennen" }
    last_one_help(case) { en: "if all of it is a mistake, close it: dsr case close {case} --how withdrawn", de: "ist der ganze Vorgang ein Irrtum, ihn schließen: dsr case close {case} --how withdrawn" }
    carried_out(case) { en: "in case {case} something was carried out, handed over or done by somebody since the identity was stated", de: "in Vorgang {case} wurde etwas ausgeführt, herausgegeben oder von jemandem erledigt, seit die Kennung angegeben ist" }
    carried_out_why() { en: "What was done by it stays part of the case, and its history has to say so.", de: "Was auf sie hin geschah, bleibt Teil des Vorgangs, und sein Verlauf muss das zeigen." }
    carried_out_help(case) { en: "look at what was done: dsr case show {case}; if data of another person was touched, that may be a breach to be notified (Art. 33 GDPR); then close the case and open one for each person", de: "ansehen, was geschah: dsr case show {case}; wurden Daten einer anderen Person berührt, kann das zu melden sein (Art. 33 DSGVO); dann den Vorgang schließen und für jede Person einen eigenen eröffnen" }
    drafts_gone(count) { en: "Drafts of packages that were made with them are deleted: {count}.", de: "Entwürfe von Paketen, die mit ihnen entstanden, sind gelöscht: {count}." }
    draft_left(path) { en: "a draft that may hold another person's data still lies at {path}", de: "ein Entwurf, der Daten einer anderen Person enthalten kann, liegt noch unter {path}" }
    draft_left_help() { en: "it lies outside of the workspace or was changed, so nobody deletes it but you: delete it, and whatever copies of it were made", de: "er liegt außerhalb des Arbeitsordners oder wurde geändert und wird daher nicht gelöscht: selbst löschen, auch jede Kopie davon" }
    separated(case, left) { en: "Taken out of case {case}; identities left: {left}. What was found, drafted and planned with them is void; search anew.", de: "Aus Vorgang {case} herausgenommen; verbliebene Kennungen: {left}. Fundstellen, Entwürfe und Pläne mit ihnen gelten nicht mehr; neu suchen." }
}
