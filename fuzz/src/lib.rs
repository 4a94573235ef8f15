//! Hostile bytes for every reader of evidence: what each may be handed, and what must hold whatever it is.
//!
//! A target is a function from bytes to nothing that panics when a promise is broken. `fuzz_targets` hands these functions to libFuzzer,
//! which looks for bytes by coverage; `tests/fuzz.rs` of the program hands them the seeds and everything that was ever found, without
//! a fuzzer. Whatever is read goes through the functions that the commands use.

mod base;
pub mod checkpoint;
mod choices;
pub mod cms;
mod container;
pub mod manifest;
pub mod tsp;
pub mod zip;

/// One reader under attack.
pub struct Target {
    pub name: &'static str,
    /// Reads the bytes, and panics if a promise is broken.
    pub run: fn(&[u8]),
    /// Inputs to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them.
pub const TARGETS: [Target; 5] = [
    Target {
        name: "zip",
        run: zip::run,
        seeds: zip::seeds,
    },
    Target {
        name: "manifest",
        run: manifest::run,
        seeds: manifest::seeds,
    },
    Target {
        name: "cms",
        run: cms::run,
        seeds: cms::seeds,
    },
    Target {
        name: "tsp",
        run: tsp::run,
        seeds: tsp::seeds,
    },
    Target {
        name: "checkpoint",
        run: checkpoint::run,
        seeds: checkpoint::seeds,
    },
];

/// Writes the seeds of a target into the folder that `DSR_FUZZ_SEEDS` names, if it names one.
pub fn write_seeds(name: &str) {
    let Some(folder) = std::env::var_os("DSR_FUZZ_SEEDS") else {
        return;
    };
    let target = TARGETS.iter().find(|target| target.name == name);
    let seeds = target.map(|target| (target.seeds)()).unwrap_or_default();
    for (number, seed) in seeds.iter().enumerate() {
        let path = std::path::Path::new(&folder).join(format!("seed-{number:03}"));
        std::fs::write(path, seed).expect("the folder of the seeds can be written");
    }
}
