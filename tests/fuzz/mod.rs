//! Fuzzing on stable Rust: mutated inputs against promises that hold for every input.
//!
//! A target starts from the files of `corpus/TARGET/`, which it checks as they are, and changes them: bits, bytes, words of
//! a dictionary, stretches that are cut, doubled, swapped or taken from another input. There is no coverage to be had
//! from a stable compiler; instead each check answers with the *shape* of what came of its input, and an input with a
//! shape that was not seen before joins those that are changed further.
//!
//! The same seed makes the same inputs. `AFTERWORD_FUZZ_SEED` takes another (0: one by chance, which is printed),
//! `AFTERWORD_FUZZ_TIMES` so many times the cases, and `AFTERWORD_FUZZ_INPUT` one input, as hexadecimal digits.

mod dice;
mod mutation;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use self::dice::Dice;

/// Cases of each target in one run of the suite.
pub const TARGETS: &[(&str, usize)] = &[
    ("addresses", 120_000),
    ("bodies", 150_000),
    ("configuration", 15_000),
    ("cursors", 330_000),
    ("markdown", 50_000),
    ("pages", 120_000),
    ("records", 200_000),
    ("requests", 40_000),
    ("tokens", 120_000),
];
/// Inputs of new shape that are kept, at most.
const MAX_KEPT: usize = 4_096;

/// What a target is made of besides its corpus.
pub struct Target {
    pub name: &'static str,
    /// The arguments of `cargo test` that run it alone.
    pub test: &'static str,
    /// Words that mean something there.
    pub words: &'static [&'static str],
    pub max_bytes: usize,
}

impl Target {
    /// Runs `check` over the corpus and over what mutation makes of it. A check panics if a promise is broken.
    #[allow(clippy::print_stdout, reason = "how much was tried, and from which seed")]
    pub fn run(&self, check: impl Fn(&[u8]) -> u64) {
        if let Some(input) = asked("AFTERWORD_FUZZ_INPUT") {
            check(&from_hex(&input));
            return;
        }
        let &(_, cases) = TARGETS.iter().find(|(name, _)| *name == self.name).expect("a row of the table");
        let times: usize = asked("AFTERWORD_FUZZ_TIMES").map_or(1, |times| times.parse().expect("a number"));
        let seed = match asked("AFTERWORD_FUZZ_SEED").map(|seed| seed.parse().expect("a number")) {
            None => 1,
            Some(0) => chosen_by_chance(),
            Some(seed) => seed,
        };
        let cases = cases * times;
        let began = std::time::Instant::now();
        let mut dice = Dice::new(seed ^ shape(self.name));
        let mut kept = self.corpus();
        let mut shapes: HashSet<u64> = kept.iter().map(|input| self.checked(input, seed, &check)).collect();
        for _ in kept.len()..cases {
            let input = mutation::mutated(self, &kept, &mut dice);
            if shapes.insert(self.checked(&input, seed, &check)) {
                if kept.len() < MAX_KEPT {
                    kept.push(input);
                } else {
                    let at = dice.below(MAX_KEPT);
                    kept[at] = input;
                }
            }
        }
        println!(
            "{}: {cases} cases of {} shapes in {:.1} s, seed {seed}",
            self.name,
            shapes.len(),
            began.elapsed().as_secs_f64()
        );
    }

    /// The inputs that are kept in the repository, in the order of their names.
    fn corpus(&self) -> Vec<Vec<u8>> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(self.name);
        let mut files: Vec<_> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.expect("an entry").path())
            .collect();
        files.sort();
        assert!(!files.is_empty(), "{} is empty", folder.display());
        files.iter().map(|file| std::fs::read(file).expect("a readable input")).collect()
    }

    fn checked(&self, input: &[u8], seed: u64, check: &impl Fn(&[u8]) -> u64) -> u64 {
        catch_unwind(AssertUnwindSafe(|| check(input))).unwrap_or_else(|_| {
            let hex = to_hex(input);
            panic!(
                "{} broke a promise, seed {seed}, input {:?}\nrepeat it: AFTERWORD_FUZZ_INPUT={hex} cargo test {}\n",
                self.name,
                String::from_utf8_lossy(input),
                self.test
            )
        })
    }
}

/// What came of an input, in one number: inputs that are alike have the same.
pub fn shape(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Text without its letters and digits: what is said, not of what.
pub fn outline(text: &str) -> String {
    let mut outline = String::new();
    for c in text.chars().take(200) {
        let kind = match c {
            c if c.is_ascii_digit() => '0',
            c if c.is_alphabetic() => 'a',
            c if c.is_control() => '^',
            c => c,
        };
        if !outline.ends_with(kind) {
            outline.push(kind);
        }
    }
    outline
}

#[allow(clippy::disallowed_methods, reason = "who runs the test says so in the environment")]
fn asked(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[allow(clippy::disallowed_methods, reason = "who runs the test asked for chance")]
fn chosen_by_chance() -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("random bytes");
    u64::from_be_bytes(bytes) >> 1
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(digits: &str) -> Vec<u8> {
    let pair = |at| u8::from_str_radix(&digits[at..at + 2], 16).expect("hexadecimal digits");
    (0..digits.len()).step_by(2).map(pair).collect()
}
