#![no_main]

libfuzzer_sys::fuzz_target!(
    init: dsr_fuzz::write_seeds("tsp"),
    |data: &[u8]| dsr_fuzz::tsp::run(data)
);
