//! The contest's files: lists of whole numbers between blanks.

/// The most that the contest allows of each.
const MAX_RESOURCES: u64 = 20;
const MAX_MACHINES: u64 = 5_000;
const MAX_PROCESSES: u64 = 50_000;
const MAX_SERVICES: u64 = 5_000;
const MAX_PLACES: u64 = 1_000;
const MAX_DEPENDENCIES: u64 = 5_000;
const MAX_BALANCES: u64 = 10;
const MAX_NUMBER: u64 = u32::MAX as u64;

/// What is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// A word that is no number.
    #[error("line {line}: {what}: \"{found}\" is no whole number")]
    NoNumber {
        /// Line of the file, from 1.
        line: usize,
        /// What should stand there.
        what: &'static str,
        /// What stands there, at most its first 40 characters.
        found: String,
    },
    /// A number that is too large.
    #[error("line {line}: {what} is {found}, allowed are {least} to {most}")]
    OutOfRange {
        /// Line of the file, from 1.
        line: usize,
        /// What the number is.
        what: &'static str,
        /// The number.
        found: u64,
        /// The least allowed.
        least: u64,
        /// The most allowed.
        most: u64,
    },
    /// The file ends too early.
    #[error("the file ends where {what} should stand")]
    TooShort {
        /// What is missing.
        what: &'static str,
    },
    /// The file goes on after its end.
    #[error("line {line}: \"{found}\" stands after the last number that the format knows")]
    TooLong {
        /// Line of the file, from 1.
        line: usize,
        /// The first word too many, at most its first 40 characters.
        found: String,
    },
    /// Costs could exceed what 64 bits hold.
    #[error("weights, targets and capacities are so large that a cost may exceed 2^62")]
    TooLarge,
}

/// A resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Resource {
    /// Needed on the old and the new machine while a process moves.
    pub transient: bool,
    pub weight: i64,
}

/// A pair of resources whose free parts should keep a ratio.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Balance {
    pub first: usize,
    pub second: usize,
    pub target: i64,
    pub weight: i64,
}

/// An instance. Tables are flat: a row per machine or process, a column per resource or machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    pub(super) resources: Vec<Resource>,
    pub(super) machines: usize,
    pub(super) hood: Vec<usize>,
    pub(super) location: Vec<usize>,
    pub(super) hoods: usize,
    pub(super) locations: usize,
    pub(super) capacity: Vec<i64>,
    pub(super) safety: Vec<i64>,
    pub(super) machine_move: Vec<i64>,
    pub(super) services: usize,
    pub(super) spread: Vec<usize>,
    /// The services that each one needs in its neighbourhood.
    pub(super) needs: Vec<Vec<usize>>,
    /// The services that need it.
    pub(super) needed_by: Vec<Vec<usize>>,
    pub(super) processes: usize,
    pub(super) service: Vec<usize>,
    pub(super) need: Vec<i64>,
    pub(super) process_move: Vec<i64>,
    pub(super) balances: Vec<Balance>,
    pub(super) weight_process_move: i64,
    pub(super) weight_service_move: i64,
    pub(super) weight_machine_move: i64,
}

struct Words<'a> {
    words: Box<dyn Iterator<Item = (usize, &'a str)> + 'a>,
}

impl<'a> Words<'a> {
    fn of(text: &'a str) -> Self {
        let words = text.lines().enumerate().flat_map(|(n, line)| line.split_whitespace().map(move |w| (n + 1, w)));
        Self { words: Box::new(words) }
    }

    fn number(&mut self, what: &'static str, least: u64, most: u64) -> Result<u64, ModelError> {
        let (line, word) = self.words.next().ok_or(ModelError::TooShort { what })?;
        let found: u64 = word.parse().map_err(|_| ModelError::NoNumber { line, what, found: short(word) })?;
        if (least..=most).contains(&found) {
            Ok(found)
        } else {
            Err(ModelError::OutOfRange { line, what, found, least, most })
        }
    }

    fn count(&mut self, what: &'static str, least: u64, most: u64) -> Result<usize, ModelError> {
        self.number(what, least, most).map(|n| n as usize)
    }

    /// The place of one of `n`, from 0.
    fn index(&mut self, what: &'static str, n: usize) -> Result<usize, ModelError> {
        self.count(what, 0, (n as u64).saturating_sub(1))
    }

    fn value(&mut self, what: &'static str) -> Result<i64, ModelError> {
        self.number(what, 0, MAX_NUMBER).map(|n| n as i64)
    }

    fn row(&mut self, what: &'static str, n: usize, into: &mut Vec<i64>) -> Result<(), ModelError> {
        for _ in 0..n {
            into.push(self.value(what)?);
        }
        Ok(())
    }

    fn end(mut self) -> Result<(), ModelError> {
        match self.words.next() {
            Some((line, word)) => Err(ModelError::TooLong { line, found: short(word) }),
            None => Ok(()),
        }
    }
}

fn short(word: &str) -> String {
    word.chars().take(40).collect()
}

impl Model {
    /// Reads an instance.
    ///
    /// # Errors
    /// What is wrong with the text, and in which line.
    pub fn parse(text: &str) -> Result<Self, ModelError> {
        let mut words = Words::of(text);
        let mut model = Self::empty();
        let w = &mut words;
        for _ in 0..w.count("the number of resources", 1, MAX_RESOURCES)? {
            let transient = w.number("whether a resource is transient", 0, 1)? == 1;
            model.resources.push(Resource { transient, weight: w.value("the weight of a load cost")? });
        }
        model.read_machines(w)?;
        model.read_services(w)?;
        model.read_processes(w)?;
        for _ in 0..w.count("the number of balance costs", 0, MAX_BALANCES)? {
            let r = model.resources.len();
            model.balances.push(Balance {
                first: w.index("a balance's first resource", r)?,
                second: w.index("a balance's second resource", r)?,
                target: w.value("a balance's target")?,
                weight: w.value("the weight of a balance cost")?,
            });
        }
        model.weight_process_move = w.value("the weight of process moves")?;
        model.weight_service_move = w.value("the weight of service moves")?;
        model.weight_machine_move = w.value("the weight of machine moves")?;
        words.end()?;
        model.check_size()?;
        Ok(model)
    }

    fn empty() -> Self {
        Self {
            resources: Vec::new(),
            machines: 0,
            hood: Vec::new(),
            location: Vec::new(),
            hoods: 0,
            locations: 0,
            capacity: Vec::new(),
            safety: Vec::new(),
            machine_move: Vec::new(),
            services: 0,
            spread: Vec::new(),
            needs: Vec::new(),
            needed_by: Vec::new(),
            processes: 0,
            service: Vec::new(),
            need: Vec::new(),
            process_move: Vec::new(),
            balances: Vec::new(),
            weight_process_move: 0,
            weight_service_move: 0,
            weight_machine_move: 0,
        }
    }

    fn read_machines(&mut self, w: &mut Words<'_>) -> Result<(), ModelError> {
        let r = self.resources.len();
        self.machines = w.count("the number of machines", 1, MAX_MACHINES)?;
        for _ in 0..self.machines {
            self.hood.push(w.count("a machine's neighbourhood", 0, MAX_PLACES - 1)?);
            self.location.push(w.count("a machine's location", 0, MAX_PLACES - 1)?);
            w.row("a machine's capacity", r, &mut self.capacity)?;
            w.row("a machine's safety capacity", r, &mut self.safety)?;
            w.row("the cost of a move between machines", self.machines, &mut self.machine_move)?;
        }
        let places = |of: &[usize]| of.iter().max().map_or(0, |most| most + 1);
        (self.hoods, self.locations) = (places(&self.hood), places(&self.location));
        Ok(())
    }

    fn read_services(&mut self, w: &mut Words<'_>) -> Result<(), ModelError> {
        self.services = w.count("the number of services", 1, MAX_SERVICES)?;
        self.needed_by = vec![Vec::new(); self.services];
        for service in 0..self.services {
            self.spread.push(w.count("a service's least spread", 0, MAX_PLACES)?);
            let many = w.count("how many services one depends on", 0, MAX_DEPENDENCIES)?;
            let mut needs = Vec::with_capacity(many);
            for _ in 0..many {
                needs.push(w.index("a service that one depends on", self.services)?);
            }
            needs.sort_unstable();
            needs.dedup();
            needs.iter().for_each(|&on| self.needed_by[on].push(service));
            self.needs.push(needs);
        }
        Ok(())
    }

    fn read_processes(&mut self, w: &mut Words<'_>) -> Result<(), ModelError> {
        self.processes = w.count("the number of processes", 1, MAX_PROCESSES)?;
        for _ in 0..self.processes {
            self.service.push(w.index("a process's service", self.services)?);
            w.row("what a process needs of a resource", self.resources.len(), &mut self.need)?;
            self.process_move.push(w.value("the cost of moving a process")?);
        }
        Ok(())
    }

    /// Sums of costs are kept in 64 bits: no assignment may exceed them.
    fn check_size(&self) -> Result<(), ModelError> {
        let r = self.resources.len();
        let total = |n: usize| (0..self.processes).map(|p| i128::from(self.need[p * r + n])).sum::<i128>();
        let load: i128 = (0..r).map(|n| total(n) * i128::from(self.resources[n].weight)).sum();
        let free = |n: usize| (0..self.machines).map(|m| i128::from(self.capacity[m * r + n])).sum::<i128>() + total(n);
        let balance =
            |b: &Balance| (i128::from(b.target) * free(b.first) + free(b.second)) * i128::from(b.weight.max(1));
        let balances: i128 = self.balances.iter().map(balance).sum();
        let moves: i128 = self.process_move.iter().map(|c| i128::from(*c)).sum::<i128>()
            * i128::from(self.weight_process_move)
            + self.processes as i128 * i128::from(self.weight_service_move)
            + self.machine_move.iter().max().map_or(0, |c| i128::from(*c))
                * i128::from(self.weight_machine_move)
                * self.processes as i128;
        if load + balances + moves < 1 << 62 { Ok(()) } else { Err(ModelError::TooLarge) }
    }

    /// What a process needs, a number per resource.
    pub(super) fn need_of(&self, process: usize) -> &[i64] {
        let r = self.resources.len();
        &self.need[process * r..][..r]
    }

    /// The price of having a process on another machine than at first, without that of its service.
    pub(super) fn move_cost(&self, process: usize, from: usize, to: usize) -> i64 {
        if from == to {
            return 0;
        }
        self.weight_process_move * self.process_move[process]
            + self.weight_machine_move * self.machine_move[from * self.machines + to]
    }
}

/// Reads an assignment: a machine for each process.
///
/// # Errors
/// What is wrong with the text, and in which line.
pub fn parse_assignment(model: &Model, text: &str) -> Result<Vec<usize>, ModelError> {
    let mut words = Words::of(text);
    let read: Result<Vec<usize>, ModelError> =
        (0..model.processes).map(|_| words.index("a process's machine", model.machines)).collect();
    let read = read?;
    words.end()?;
    Ok(read)
}

/// An assignment in the contest's format.
#[must_use]
pub fn write_assignment(assignment: &[usize]) -> String {
    let numbers: Vec<String> = assignment.iter().map(ToString::to_string).collect();
    numbers.join(" ") + "\n"
}
