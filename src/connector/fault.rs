//! Why a system could not do its part: a code, whether trying again makes sense, and words without any value of a reply.

use serde::{Deserialize, Serialize};

use crate::messages::{Say, Text, fault as say};

/// A system's failure. It holds status numbers, codes and names from the inventory, never content of a reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {}", text.en)]
pub struct Fault {
    pub code: String,
    pub text: Text,
    /// Whether the same command may succeed later without anybody changing anything.
    pub passing: bool,
}

impl Fault {
    /// Whether something was begun of which the reply does not say where it stands.
    pub fn leaves_open(&self) -> bool {
        ["E492", "E517", "E552", "E554"].contains(&self.code.as_str())
    }

    /// Whether the record stays because the database would take other rows along with it.
    pub fn is_of_kin(&self) -> bool {
        self.code == "E858"
    }

    /// Whether it concerns the system as a whole, so that asking its other objects would only repeat it.
    pub fn is_of_system(&self) -> bool {
        const OF_SYSTEM: [&str; 26] = [
            "E581", "E585", "E586", "E589", "E595", "E501", "E502", "E503", "E504", "E506", "E508",
            "E509", "E515", "E531", "E532", "E533", "E535", "E537", "E538", "E540", "E541", "E544",
            "E546", "E573", "E591", "E594",
        ];
        OF_SYSTEM.contains(&self.code.as_str())
    }
}

macro_rules! faults {
    ($($(#[$doc:meta])* $code:literal $passing:literal $name:ident ( $($arg:ident),* );)*) => {
        impl Fault {
            $($(#[$doc])*
            pub fn $name($($arg: impl Say),*) -> Fault {
                Fault { code: $code.to_owned(), text: say::$name($($arg),*), passing: $passing }
            })*
        }

        /// Every code of a fault, for the reference.
        pub const CODES: &[&str] = &[$($code),*];
    };
}

faults! {
    "E131" false other_origin();
    "E132" false redirected();
    "E206" false empty_key(part);
    "E214" false two_records();
    "E215" false unreadable_after_find();
    "E310" false envelope(path);
    "E311" false repeated_page();
    "E312" false count_mismatch(said, came);
    "E313" false page_limit(pages);
    "E314" false undecodable(form);
    "E315" false too_large(limit);
    "E316" false wrong_type(field);
    "E317" false no_value(field);
    "E318" false other_format(wanted, came);
    "E319" false no_way_on();
    "E320" false cap(cap);
    "E324" false too_many_places(cap);
    "E325" false one_key_in_two_places();
    "E327" false too_many_items(part, limit);
    "E330" false unfit(expression);
    "E331" false not_a_record();
    "E332" false base_url();
    "E333" false unreadable_here();
    "E334" false other_record();
    "E335" false plain_http();
    "E339" false not_planned();
    /// A view, through which retention removes nothing.
    "E251" false view(table);
    "E427" false shows_otherwise();
    /// A search no longer returns a record, which proves neither that it is gone nor that it is there.
    "E429" false unfound();
    /// What was written does not show as its mask: the record changed in between, or something changes what is written.
    "E474" true not_anonymous(records);
    /// A rule that makes anonymous, in a system where a sweep only removes and restricts.
    "E490" false not_anonymised_here();
    /// A file holds more that is due than was counted in it.
    "E491" true more_than_shown(path);
    /// The new file is there, and a power cut could still bring back the old one.
    "E492" true unsynced(path);
    /// Somebody wrote to a file while it was written anew.
    "E493" true changed_file(path);
    /// What is listed by age cannot be read one by one, so that nobody could judge it right before the write.
    "E494" false not_read_again();
    /// The connector has no request for what a rule does, or leaves it to people.
    "E495" false no_action(action);
    "E501" true dns(host);
    "E502" true refused();
    "E503" false tls(reason);
    "E504" true timeout(seconds);
    "E505" true status(status);
    "E506" false credential(status);
    "E507" false forbidden(status);
    "E508" true connection();
    "E509" true paused(seconds);
    "E510" false database(code);
    "E511" true locked();
    "E512" false no_table(table);
    "E513" false no_column(table, column);
    "E514" false read_only();
    /// The database would delete rows elsewhere together with the record, and none of them stands in a plan.
    "E858" false takes_along(table);
    "E515" false no_tls();
    /// A rule counts from a column that holds no days.
    "E516" false no_dates(column);
    /// The connection broke while a batch was being committed.
    "E517" true unsettled();
    /// Of a batch that was killed, the vault has no plan any more.
    "E483" false lost_plan(records);
    /// Of a batch that was killed, what it wrote to cannot be read any more.
    "E994" false lost_batch(why, records);
    "E518" true lagging(seconds);
    "E520" false no_file(path);
    "E521" false unreadable(path, reason);
    "E522" false unwritable(path, reason);
    "E523" false no_header(path, column);
    "E524" false broken_file(path, line);
    "E530" false blind(kind);
    "E531" false secret(reference);
    "E532" false secret_unreadable(reference, reason);
    "E533" false no_token(reason);
    "E534" false said_no(status);
    "E535" false not_let_in(name);
    "E536" false other_reply();
    "E537" false no_csrf();
    "E538" false signing_key();
    "E540" true cut(seconds);
    "E541" false panicked();
    "E542" false disabled();
    "E543" false not_connected();
    "E544" true interrupted();
    "E545" false parent_missing();
    "E546" false clock(seconds);
    "E547" false left_out();
    "E548" false still_found();
    "E549" true child_open();
    "E550" true no_effect();
    "E551" false rules_changed();
    "E552" false no_capture(name);
    "E553" false job_failed();
    "E554" false other_items();
    "E555" false refused_item();
    "E556" false other_path();
    "E557" false large_file(limit);
    /// A file lies on a host from which nothing may be fetched.
    "E558" false other_host();
    /// A page for people came in the place of a file.
    "E559" false page_for_file();
    "E560" false unencodable(path, column, encoding);
    "E561" false other_encoding(path, encoding);
    "E562" false multibyte(path, encoding);
    "E563" false no_base(base);
    "E564" false size_limit(limit);
    "E565" false referral(host);
    "E566" false directory(code);
    "E567" false no_attribute(attribute);
    "E568" true busy(code);
    "E569" false parted(attribute);
    "E570" false many_identities(limit);
    "E571" false below_streamed();
    "E572" true changed_meanwhile(records);
    /// A folder that is there and holds nothing: a share that is not mounted looks like that.
    "E573" false empty_folder(path);
    /// The rest was searched; what these documents say, nobody knows.
    "E574" false unread_documents(count);
    "E577" false undescribed(what);
    "E580" false row_security(table);
    "E581" false plugin_unstarted(reason);
    "E582" false plugin_broke(reason);
    "E583" true plugin_busy();
    "E584" false plugin_request(reason);
    "E585" false plugin_protocol(version);
    "E586" false plugin_lacks(object, what);
    "E587" false plugin_incomplete();
    "E588" false plugin_failed();
    "E589" true plugin_ended();
    "E595" false plugin_changed(file);
    "E596" false no_base64();
    /// A reply does not hold exactly one file where it should.
    "E597" false no_one_file(path);
    "E598" false much_beside_file(limit);
    "E590" false no_transactions(table, kept_by);
    "E591" false replica();
    "E592" false unseen_children(table);
    "E593" false keeps_history(table);
    "E594" false sign_in();
}
