//! The table: what was measured, beside what, and which bar it is held to. Printed while it grows, written to
//! `docs/benchmarks.md`, and read back from there: what moved since is told.

use std::fmt::{self, Display};
use std::path::{Path, PathBuf};
use std::process::Command;

/// How far a ratio may be from the committed one before it is told: runs differ by chance.
const MOVED: f64 = 0.20;
const HEAD: &str = "| what | measured | beside | ratio | bar | |\n|---|---:|---|---:|---:|---|\n";

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Amount {
    PerSecond(f64),
    Seconds(f64),
    MiB(f64),
    /// Of the machine's cores.
    Cores(f64),
}

impl Amount {
    fn number(self) -> f64 {
        match self {
            Amount::PerSecond(number) | Amount::Seconds(number) | Amount::MiB(number) => number,
            Amount::Cores(number) => number,
        }
    }

    /// Of rates one wants more, of everything else less.
    fn wants_more(self) -> bool {
        matches!(self, Amount::PerSecond(_))
    }
}

impl Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Amount::PerSecond(number) => write!(f, "{number:.0}/s"),
            Amount::Seconds(number) if number >= 1.0 => write!(f, "{number:.2} s"),
            Amount::Seconds(number) if number >= 0.001 => write!(f, "{:.2} ms", number * 1e3),
            Amount::Seconds(number) => write!(f, "{:.0} µs", number * 1e6),
            Amount::MiB(number) => write!(f, "{number:.0} MiB"),
            Amount::Cores(number) => write!(f, "{number:.2} cores"),
        }
    }
}

impl From<std::time::Duration> for Amount {
    fn from(time: std::time::Duration) -> Amount {
        Amount::Seconds(time.as_secs_f64())
    }
}

/// What a figure is held to.
#[derive(Clone, Copy, Debug)]
enum Bar {
    None,
    /// Of the ratio to the reference.
    Ratio(f64),
    /// Of the figure itself.
    Itself(Amount),
}

/// One figure, and what it stands beside.
pub struct Figure {
    what: String,
    measured: Amount,
    beside: Option<(String, Amount)>,
    bar: Bar,
}

impl Figure {
    pub fn new(what: impl Into<String>, measured: impl Into<Amount>) -> Figure {
        Figure { what: what.into(), measured: measured.into(), beside: None, bar: Bar::None }
    }

    /// The reference, of the same run.
    pub fn beside(mut self, name: &str, reference: impl Into<Amount>) -> Figure {
        self.beside = Some((name.to_owned(), reference.into()));
        self
    }

    /// Rates are to be so many times the reference at least, everything else at most.
    pub fn ratio_bar(mut self, ratio: f64) -> Figure {
        self.bar = Bar::Ratio(ratio);
        self
    }

    /// What the figure itself is to be, at least or at most.
    pub fn bar(mut self, bar: impl Into<Amount>) -> Figure {
        self.bar = Bar::Itself(bar.into());
        self
    }

    /// To the reference; without one, to the bar.
    fn ratio(&self) -> Option<f64> {
        let reference = match (&self.beside, self.bar) {
            (Some((_, reference)), _) => *reference,
            (None, Bar::Itself(bar)) => bar,
            (None, _) => return None,
        };
        Some(self.measured.number() / reference.number())
    }

    fn holds(&self) -> Option<bool> {
        let (number, bar) = match self.bar {
            Bar::None => return None,
            Bar::Ratio(bar) => (self.ratio()?, bar),
            Bar::Itself(bar) => (self.measured.number(), bar.number()),
        };
        Some(if self.measured.wants_more() { number >= bar } else { number <= bar })
    }

    /// The cells of its row.
    fn cells(&self) -> [String; 6] {
        let sign = if self.measured.wants_more() { '≥' } else { '≤' };
        let bar = match self.bar {
            Bar::None => String::new(),
            Bar::Ratio(bar) => format!("{sign} {bar} ×"),
            Bar::Itself(bar) => format!("{sign} {bar}"),
        };
        let of = if self.beside.is_some() { "×" } else { "of the bar" };
        [
            self.what.clone(),
            self.measured.to_string(),
            self.beside.as_ref().map_or(String::new(), |(name, amount)| format!("{name}: {amount}")),
            self.ratio().map_or(String::new(), |ratio| format!("{ratio:.2} {of}")),
            bar,
            self.holds().map_or("", |holds| if holds { "holds" } else { "**missed**" }).to_owned(),
        ]
    }
}

/// Figures that belong together, and the sentences that say what was done and how to read them.
pub struct Part {
    pub explanation: String,
    pub figures: Vec<Figure>,
    /// Lines below the explanation: a plot.
    pub plot: Option<String>,
}

impl Part {
    pub fn new(explanation: impl Into<String>, figures: Vec<Figure>) -> Part {
        Part { explanation: explanation.into(), figures, plot: None }
    }
}

#[derive(Default)]
pub struct Table {
    parts: Vec<Part>,
}

impl Table {
    pub fn add(&mut self, part: Part) {
        for figure in &part.figures {
            let [what, measured, beside, ratio, bar, verdict] = figure.cells();
            let verdict = verdict.trim_matches('*').to_uppercase().replace("HOLDS", "holds");
            println!("{what:<58} {measured:>11}   {beside:<34} {ratio:>15}   {bar:<12} {verdict}");
        }
        println!();
        self.parts.push(part);
    }

    pub fn missed(&self) -> usize {
        self.figures().filter(|figure| figure.holds() == Some(false)).count()
    }

    fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.parts.iter().flat_map(|part| &part.figures)
    }

    /// What moved since the committed table was written, for better or worse.
    pub fn compare(&self, committed: &str) -> Vec<String> {
        let mut moved = Vec::new();
        for figure in self.figures() {
            let known = ratios(committed).find(|(what, _)| *what == figure.what);
            let (Some((what, before)), Some(now)) = (known, figure.ratio()) else { continue };
            // By how much it moved does not depend on the direction: half is as far as twice.
            let change = now / before;
            if change.max(1.0 / change) > 1.0 + MOVED {
                let better = (change > 1.0) == figure.measured.wants_more();
                let verdict = if better { "better" } else { "worse" };
                moved.push(format!("{verdict}: {what}: was {before:.2}, is {now:.2}"));
            }
        }
        moved
    }

    pub fn markdown(&self, machine: &str) -> String {
        let mut text = format!("{PREAMBLE}\n{machine}\n\n{HEAD}");
        for figure in self.figures() {
            text.push_str(&format!("| {} |\n", figure.cells().join(" | ")));
        }
        text.push_str("\n## What each row does, and how to read it\n");
        for part in &self.parts {
            let first = part.figures.first().map_or("", |figure| figure.what.as_str());
            let name = first.split_once(':').map_or(first, |(name, _)| name);
            text.push_str(&format!("\n**{name}.** {}\n", part.explanation));
            if let Some(plot) = &part.plot {
                text.push_str(&format!("\n{plot}\n"));
            }
        }
        text
    }
}

const PREAMBLE: &str = "\
# Benchmarks

`make bench` writes this page. Machines differ, so each figure stands beside a reference that was measured in the same
run, by turns with it; what counts is the ratio, and the bar it is held to. A figure without a reference is set against
its bar. Compare ratios between machines and versions, never figures: `make bench` does, and says which of the committed
ones below moved by more than 20 %.
";

/// The figures of a written table that have a ratio.
fn ratios(markdown: &str) -> impl Iterator<Item = (&str, f64)> {
    markdown.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let what = cells.next()?;
        let ratio = cells.nth(2)?.split_whitespace().next()?.parse().ok()?;
        Some((what, ratio))
    })
}

pub fn file() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/benchmarks.md")
}

/// The table as it was committed; as it lies there, where git cannot tell.
pub fn committed() -> String {
    let shown = Command::new("git")
        .args(["show", "HEAD:docs/benchmarks.md"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    match shown {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        _ => std::fs::read_to_string(file()).unwrap_or_default(),
    }
}

/// What the figures were measured on.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, name)| name.trim());
    format!("Measured with {cores} cores ({model}), the load generator among them, over loopback.")
}
