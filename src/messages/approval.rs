//! Sentences about the keys of people, and about plans that a second person approves.

catalogue! {
    not_a_public_key(file) { en: "{file} holds no public key on P-256", de: "{file} enthält keinen öffentlichen Schlüssel auf P-256" }
    not_a_public_key_help() { en: "have the person make one, and put it there:   dsr key new --as PERSON", de: "die Person einen anlegen lassen und ihn dort ablegen:   dsr key new --as PERSON" }
    same_key(first, second) { en: "`{first}` and `{second}` have the same key", de: "`{first}` und `{second}` haben denselben Schlüssel" }
    same_key_why() { en: "nobody could say which of the two has signed, and one person would count as two", de: "niemand könnte sagen, wer von beiden unterschrieben hat, und eine Person zählte als zwei" }
    same_key_help(name) { en: "each person makes a key of their own:   dsr key new --as {name}", de: "jede Person legt einen eigenen Schlüssel an:   dsr key new --as {name}" }

    no_config_folder() { en: "there is no folder for your own keys", de: "es gibt keinen Ordner für Ihre eigenen Schlüssel" }
    no_config_folder_help() { en: "set HOME or XDG_CONFIG_HOME to a folder of yours", de: "HOME oder XDG_CONFIG_HOME auf einen eigenen Ordner setzen" }
    key_not_here(name, fingerprint) { en: "the private key of `{name}` ({fingerprint}) is not on this machine", de: "der private Schlüssel von `{name}` ({fingerprint}) liegt nicht auf diesem Rechner" }
    key_not_here_why(name) { en: "whoever works as `{name}` proves it by signing with that key", de: "wer als `{name}` arbeitet, weist es durch eine Unterschrift mit diesem Schlüssel nach" }
    key_not_here_help(name) { en: "work where the key was made, or with a name of your own (--as); if it is lost:   dsr key rotate --as {name}", de: "dort arbeiten, wo der Schlüssel angelegt wurde, oder unter dem eigenen Namen (--as); ist er verloren:   dsr key rotate --as {name}" }
    key_closed(name) { en: "the private key of `{name}` does not open", de: "der private Schlüssel von `{name}` lässt sich nicht öffnen" }
    key_closed_help(name) { en: "try once more; a key whose passphrase is lost is replaced:   dsr key rotate --as {name}", de: "noch einmal versuchen; ein Schlüssel ohne Passphrase wird ersetzt:   dsr key rotate --as {name}" }
    note_damaged() { en: "the note in the config folder that says where it lies cannot be read", de: "die Notiz im Konfigurationsordner, die sagt, wo er liegt, ist nicht lesbar" }
    no_p256() { en: "what lies there is no private key on P-256", de: "was dort liegt, ist kein privater Schlüssel auf P-256" }
    no_passphrase() { en: "it is encrypted, and there is no passphrase", de: "er ist verschlüsselt, und es gibt keine Passphrase" }
    wrong_passphrase() { en: "it opens under another passphrase only", de: "er öffnet sich nur mit einer anderen Passphrase" }
    another_key() { en: "what lies there is another key than the one in the workspace", de: "was dort liegt, ist ein anderer Schlüssel als der im Arbeitsordner" }
    ask_passphrase(name) { en: "Passphrase of {name}:", de: "Passphrase von {name}:" }
    ask_new_passphrase(name) { en: "A new passphrase for the key of {name}:", de: "Neue Passphrase für den Schlüssel von {name}:" }
    ask_once_more() { en: "Once more:", de: "Noch einmal:" }
    not_the_same() { en: "the two passphrases differ", de: "die beiden Passphrasen sind verschieden" }
    not_the_same_help() { en: "run the command again; nothing was made", de: "den Befehl wiederholen; es wurde nichts angelegt" }
    short_passphrase(least) { en: "the passphrase is shorter than {least} characters", de: "die Passphrase ist kürzer als {least} Zeichen" }
    short_passphrase_help() { en: "take several words; nothing was made", de: "mehrere Wörter nehmen; es wurde nichts angelegt" }
    no_reference() { en: "the passphrase cannot be read", de: "die Passphrase ist nicht lesbar" }
    no_reference_help() { en: "name where it lies, such as   --passphrase env:NAME   or   file:PATH   ; leave it out to be asked", de: "angeben, wo sie liegt, etwa   --passphrase env:NAME   oder   file:PFAD   ; ohne die Angabe wird gefragt" }
    for_people() { en: "--keyring, --file and --passphrase belong to the key of a person", de: "--keyring, --file und --passphrase gehören zum Schlüssel einer Person" }
    for_people_help() { en: "leave them out, or leave out `seal` and name the person:   --as PERSON", de: "weglassen, oder `seal` weglassen und die Person nennen:   --as PERSON" }
    whose_key() { en: "nobody is named for whom the key is", de: "es ist nicht angegeben, für wen der Schlüssel ist" }
    whose_key_help() { en: "name the person by pseudonym, in letters, digits, `-` and `_`:   --as ap1", de: "die Person mit einem Pseudonym aus den Buchstaben a bis z, Ziffern, `-` und `_` nennen:   --as ap1" }
    key_exists(file) { en: "{file} exists already", de: "{file} gibt es schon" }
    key_exists_help(name) { en: "for another key:   dsr key rotate --as {name}", de: "für einen anderen Schlüssel:   dsr key rotate --as {name}" }
    nothing_to_rotate(file) { en: "{file} holds no key that another could follow", de: "{file} enthält keinen Schlüssel, auf den ein anderer folgen könnte" }
    in_keyring(account) { en: "The private key lies in your keyring, as {account} of the service dsr.", de: "Der private Schlüssel liegt in Ihrem Schlüsselbund, als {account} des Dienstes dsr." }
    in_file(file) { en: "The private key lies in {file}, under its passphrase. It is yours alone: keep a copy where only you reach it.", de: "Der private Schlüssel liegt in {file}, unter seiner Passphrase. Er gehört Ihnen allein: eine Kopie dort verwahren, wo nur Sie sie erreichen." }
    keyring_refused() { en: "the keyring did not take the key", de: "der Schlüsselbund hat den Schlüssel nicht angenommen" }
    keyring_refused_help() { en: "leave out --keyring for a file under a passphrase", de: "--keyring weglassen; dann entsteht eine Datei unter einer Passphrase" }
    key_made(file, fingerprint) { en: "The public key lies in {file}; it belongs into the workspace and into git. Fingerprint, to be compared by telephone: {fingerprint}", de: "Der öffentliche Schlüssel liegt in {file}; er gehört in den Arbeitsordner und in Git. Fingerabdruck, am Telefon zu vergleichen: {fingerprint}" }
    write_this(name, recipient) { en: "Under `people:` in dsr.yaml (role operator or approver):\n  {name}: {{ role: …, key: \"keys/{name}.pub\", recipient: \"{recipient}\" }}", de: "Unter `people:` in der dsr.yaml (role operator oder approver):\n  {name}: {{ role: …, key: \"keys/{name}.pub\", recipient: \"{recipient}\" }}" }
    rotated(before) { en: "The key before ({before}) is kept beside it, for what it signed. Plans that wait need a new approval.", de: "Der Schlüssel davor ({before}) bleibt daneben liegen, für das, was er unterschrieben hat. Wartende Pläne brauchen eine neue Freigabe." }
    key_of(name, role) { en: "{name} ({role})", de: "{name} ({role})" }
    key_before(name, role) { en: "{name} ({role}), before", de: "{name} ({role}), früher" }
    key_missing(name, role) { en: "{name} ({role}), no key yet", de: "{name} ({role}), noch kein Schlüssel" }

    no_public_key(name) { en: "the workspace holds no key of `{name}`", de: "im Arbeitsordner liegt kein Schlüssel von `{name}`" }
    no_public_key_why(file) { en: "four eyes are told apart by keys (`approval: four_eyes`), and {file} is not there", de: "das Vier-Augen-Prinzip unterscheidet Personen an ihren Schlüsseln (`approval: four_eyes`), und {file} ist nicht da" }
    no_public_key_help(name) { en: "the person makes one, on whichever machine:   dsr key new --as {name}", de: "die Person legt einen an, auf welchem Rechner auch immer:   dsr key new --as {name}" }
    only_approves(name) { en: "`{name}` approves plans and does not make or carry out any", de: "`{name}` gibt Pläne frei, macht keine und führt keine aus" }
    only_approves_why() { en: "the inventory keeps the two apart (`approval: four_eyes`): nobody may both plan and approve", de: "das Inventar trennt beides (`approval: four_eyes`): niemand darf planen und freigeben" }
    only_approves_help(names) { en: "an operator does this:   --as NAME   , one of {names}", de: "das macht jemand mit der Rolle operator:   --as NAME   , eine Person aus {names}" }
    only_operates(name) { en: "`{name}` is no approver", de: "`{name}` darf nicht freigeben" }
    only_operates_why() { en: "only people with the role approver approve plans", de: "nur Personen mit der Rolle approver geben Pläne frei" }
    only_operates_help(names) { en: "one of these does it, with a key of their own: {names}", de: "das macht eine dieser Personen, mit eigenem Schlüssel: {names}" }
    own_plan(name) { en: "`{name}` made this plan and cannot approve it", de: "`{name}` hat diesen Plan gemacht und kann ihn nicht freigeben" }
    own_plan_why() { en: "the second pair of eyes belongs to another person, with another key, whatever the roles are", de: "das zweite Paar Augen gehört einer anderen Person mit anderem Schlüssel, gleich welche Rollen sie haben" }
    own_plan_help() { en: "another approver looks at it; nothing was signed", de: "jemand anderes mit der Rolle approver sieht ihn an; es wurde nichts unterschrieben" }
    nobody_stands() { en: "nobody stands for this plan with a key", de: "für diesen Plan steht niemand mit einem Schlüssel ein" }
    nobody_stands_why() { en: "it was made before four eyes were demanded, or with a key that is not listed any more, so nobody can tell whether its maker and its approver are two", de: "er entstand, bevor das Vier-Augen-Prinzip galt, oder mit einem Schlüssel, der nicht mehr aufgeführt ist; so lässt sich nicht sagen, ob zwei Personen daran beteiligt sind" }
    nobody_stands_help(case, verb) { en: "an operator makes it again:   dsr {verb} --case {case} --plan --as NAME", de: "jemand mit der Rolle operator macht ihn neu:   dsr {verb} --case {case} --plan --as NAME" }

    four_eyes_open(case) { en: "the plan of case {case} waits for a second person", de: "der Plan des Vorgangs {case} wartet auf eine zweite Person" }
    four_eyes_why() { en: "the inventory demands four eyes (`approval: four_eyes`); nothing was written", de: "das Inventar verlangt vier Augen (`approval: four_eyes`); es wurde nichts geschrieben" }
    unsigned() { en: "nobody with a listed key stands for it as its maker; nothing was written", de: "niemand mit einem aufgeführten Schlüssel steht als Urheber dafür ein; es wurde nichts geschrieben" }
    approval_gone(why) { en: "the approval that lies there does not count: {why}; nothing was written", de: "die vorhandene Freigabe zählt nicht: {why}; es wurde nichts geschrieben" }
    four_eyes_here(case, name) { en: "at this machine:   dsr approve {case} --as {name}   , then   dsr apply {case}", de: "an diesem Rechner:   dsr approve {case} --as {name}   , danach   dsr apply {case}" }
    four_eyes_there(case, name) { en: "on the approver's own:   dsr plan show {case} --for {name}   , there   dsr approve {case}.plan.age --as {name}   , and back here   dsr apply {case} --approval {case}.approval", de: "an einem eigenen Rechner:   dsr plan show {case} --for {name}   , dort   dsr approve {case}.plan.age --as {name}   , und wieder hier   dsr apply {case} --approval {case}.approval" }
    not_listed(name) { en: "`{name}` is not listed under `people`", de: "`{name}` ist unter `people` nicht aufgeführt" }
    no_approver(name) { en: "`{name}` is no approver", de: "`{name}` darf nicht freigeben" }
    without_key(name) { en: "the workspace holds no key of `{name}`", de: "im Arbeitsordner liegt kein Schlüssel von `{name}`" }
    made_it(name) { en: "`{name}` made the plan, by name or by key", de: "`{name}` hat den Plan gemacht, dem Namen oder dem Schlüssel nach" }
    another_workspace() { en: "it was signed for another workspace", de: "sie wurde für einen anderen Arbeitsordner unterschrieben" }
    other_key(name) { en: "it was signed with another key than the one that is listed for `{name}`", de: "sie wurde mit einem anderen Schlüssel unterschrieben als dem, der für `{name}` aufgeführt ist" }
    does_not_hold() { en: "its signature does not hold", de: "ihre Unterschrift ist nicht gültig" }
    another_case(case) { en: "it is for case {case}", de: "sie gilt dem Vorgang {case}" }
    another_plan(plan) { en: "it is for the plan {plan}, and that is not the one that waits; a plan that has changed needs a new approval", de: "sie gilt dem Plan {plan}, und das ist nicht der, der wartet; ein geänderter Plan braucht eine neue Freigabe" }
    used() { en: "it was used already, and the plan was carried out", de: "sie wurde schon verwendet, und der Plan ist ausgeführt" }
    approval_form() { en: "the file is no approval, or it was changed", de: "die Datei ist keine Freigabe, oder sie wurde verändert" }
    approval_refused() { en: "this approval does not count", de: "diese Freigabe zählt nicht" }
    approval_refused_help(case) { en: "nothing was written; have the plan approved that waits now:   dsr plan show {case} --for NAME", de: "es wurde nichts geschrieben; den Plan freigeben lassen, der jetzt wartet:   dsr plan show {case} --for NAME" }
    approval_taken(name) { en: "Approved by {name}; the signature holds.", de: "Freigegeben von {name}; die Unterschrift ist gültig." }

    not_asked_for() { en: "the inventory does not ask for a second person", de: "das Inventar verlangt keine zweite Person" }
    not_asked_for_help(case) { en: "carry the plan out:   dsr apply {case}   ; or write   approval: four_eyes   in dsr.yaml", de: "den Plan ausführen:   dsr apply {case}   ; oder in der dsr.yaml   approval: four_eyes   angeben" }
    nothing_planned(case) { en: "case {case} has no plan", de: "der Vorgang {case} hat keinen Plan" }
    nothing_planned_help(case) { en: "an operator makes one:   dsr erase --case {case} --plan --as NAME", de: "jemand mit der Rolle operator macht einen:   dsr erase --case {case} --plan --as NAME" }
    approved_before(case, names) { en: "The plan is approved already. Next: dsr apply {case} --as {names}", de: "Der Plan ist schon freigegeben. Weiter mit: dsr apply {case} --as {names}" }
    plan_of(names, case, plan) { en: "{names} made this plan for case {case}: {plan}", de: "{names} hat diesen Plan für den Vorgang {case} gemacht: {plan}" }
    compare(controller, name, fingerprint) { en: "It comes from {controller}. Before you sign, compare by telephone: the key of {name} is {fingerprint}.", de: "Er kommt von {controller}. Vor der Unterschrift am Telefon vergleichen: der Schlüssel von {name} ist {fingerprint}." }
    approved(case, names) { en: "Approved and signed. Next: dsr apply {case} --as {names}", de: "Freigegeben und unterschrieben. Weiter mit: dsr apply {case} --as {names}" }
    approval_written(file, case) { en: "Signed: {file}. Send it back; there: dsr apply {case} --approval {case}.approval", de: "Unterschrieben: {file}. Zurückschicken; dort: dsr apply {case} --approval {case}.approval" }


    not_for(name) { en: "the plan cannot be written for `{name}`", de: "der Plan kann nicht für `{name}` geschrieben werden" }
    list_first(name) { en: "list them:   {name}: {{ role: approver, key: \"keys/{name}.pub\", recipient: \"age1…\" }}", de: "aufführen:   {name}: {{ role: approver, key: \"keys/{name}.pub\", recipient: \"age1…\" }}" }
    no_recipient() { en: "it is encrypted, and no `recipient` says to whom", de: "er wird verschlüsselt, und kein `recipient` sagt, für wen" }
    no_recipient_help(name) { en: "add the public key of age that `dsr key new --as {name}` printed:   recipient: \"age1…\"", de: "den öffentlichen age-Schlüssel ergänzen, den `dsr key new --as {name}` ausgegeben hat:   recipient: \"age1…\"" }
    sheet_written(file, name, plan) { en: "Written for {name}: {file}. Plan, to be compared by telephone: {plan}", de: "Für {name} geschrieben: {file}. Plan, am Telefon zu vergleichen: {plan}" }
    sheet_next(case, name) { en: "There: dsr approve {case}.plan.age --as {name}. It holds the records of a person: delete it once it is signed.", de: "Dort: dsr approve {case}.plan.age --as {name}. Die Datei enthält Datensätze einer Person: löschen, sobald unterschrieben ist." }
    sheet_unusable() { en: "this file holds no plan that could be approved", de: "diese Datei enthält keinen Plan, der freigegeben werden könnte" }
    sheet_unusable_help() { en: "have it made once more:   dsr plan show CASE --for PERSON   ; nothing was signed", de: "noch einmal machen lassen:   dsr plan show VORGANG --for PERSON   ; es wurde nichts unterschrieben" }
    sheet_not_age() { en: "it is not encrypted with age", de: "sie ist nicht mit age verschlüsselt" }
    sheet_for_another() { en: "it is encrypted for somebody else", de: "sie ist für jemand anderen verschlüsselt" }
    sheet_damaged() { en: "it is damaged or cut short", de: "sie ist beschädigt oder abgeschnitten" }
    sheet_form() { en: "what is in it is no plan, or of another version", de: "was darin steht, ist kein Plan, oder von anderer Version" }
    sheet_other_plan() { en: "the plan in it is another than the one that it names", de: "der Plan darin ist ein anderer als der, den sie nennt" }
    sheet_for(name, other) { en: "the plan is for `{name}`, not for `{other}`", de: "der Plan ist für `{name}`, nicht für `{other}`" }
    sheet_for_help(name) { en: "if you are that person:   --as {name}", de: "falls Sie diese Person sind:   --as {name}" }
    no_identity(file) { en: "{file} holds no secret key of age", de: "{file} enthält keinen geheimen age-Schlüssel" }
    no_identity_why() { en: "a line in it is no AGE-SECRET-KEY-1…", de: "eine Zeile darin ist kein AGE-SECRET-KEY-1…" }
    no_identity_help() { en: "`dsr key new` makes one, as does `age-keygen`; name it with --identity FILE", de: "`dsr key new` legt einen an, ebenso `age-keygen`; mit --identity DATEI angeben" }
}
