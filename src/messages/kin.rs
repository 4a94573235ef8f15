//! Messages about records that hang below others, and what becomes of them when those are removed.

catalogue! {
    despite_elsewhere(action) { en: "`despite` does not belong to `{action}`", de: "`despite` gehört nicht zu `{action}`" }
    despite_elsewhere_why() { en: "it says what does not stand against a removal; nothing else takes other records along", de: "es sagt, was einer Löschung nicht entgegensteht; sonst reißt nichts andere Datensätze mit" }
    despite_elsewhere_help() { en: "write it at `remove` of the same object", de: "bei `remove` desselben Objekts angeben" }
}
