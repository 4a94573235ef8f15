//! The synthetic person whose record must be there, so that an empty answer means something.

use std::sync::Arc;

use super::Session;
use crate::connector::object::Finder;
use crate::connector::{Fault, Probe, Record};
use crate::findings::Control;

impl Session {
    /// Looks for the synthetic person who must be there, in the same session, so that an empty answer means something.
    pub(super) async fn look_for_control(&mut self, index: usize) -> Result<(), Fault> {
        let system = Arc::clone(&self.system);
        let object = &system.objects[index];
        let Some(control) = system.control.as_ref().filter(|_| !object.is_place()) else {
            self.objects[index].control = Some(Control::None);
            return Ok(());
        };
        let mut searched = false;
        let mut records = Vec::new();
        for (number, finder) in object.find.iter().enumerate() {
            if finder.by.as_ref() == Some(&control.kind) && !finder.under.is_empty() {
                let parents = self.above_control(finder);
                searched |= finder.under.iter().any(|name| self.is_place(name));
                for parent in &parents {
                    let identity = control;
                    let probe = Probe::Within { identity, parent };
                    records.extend(self.candidates(object, number, probe, object.cap).await?.0);
                    // In one place is enough: they cannot be expected on every list.
                    if !records.is_empty() {
                        break;
                    }
                }
            } else if finder.by.as_ref() == Some(&control.kind) {
                searched = true;
                records.extend(
                    self.candidates(object, number, Probe::Identity(control), object.cap)
                        .await?
                        .0,
                );
            } else if finder.by.is_none() {
                for parent in self.above_control(finder) {
                    records.extend(
                        self.candidates(object, number, Probe::Parent(&parent), object.cap)
                            .await?
                            .0,
                    );
                }
            }
        }
        // A child object in which the control person has no record proves nothing, but is not blind either.
        self.objects[index].control = Some(match (records.is_empty(), searched) {
            (false, _) => Control::Found,
            (true, true) => Control::NotFound,
            (true, false) => Control::None,
        });
        self.objects[index].control_records = records;
        match self.objects[index].control {
            Some(Control::NotFound) => Err(Fault::blind(&control.kind.0)),
            _ => Ok(()),
        }
    }

    /// Where the control person's records may lie: all places, and below their own records.
    fn above_control(&self, finder: &Finder) -> Vec<Record> {
        let positions = finder.under.iter().filter_map(|name| self.position(name));
        let above = positions.flat_map(|at| {
            let own = self.objects[at].control_records.iter();
            own.chain(self.objects[at].places.values())
        });
        above.cloned().collect()
    }
}
