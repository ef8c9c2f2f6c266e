//! What a sampled stack was doing, from the names in it. The compiler puts functions into one another, so the parts of
//! our own code are as fine as the names that are left.

/// Where the samples fell.
pub(super) struct Parts {
    /// Processor time a resolve.
    pub(super) microseconds: f64,
    pub(super) samples: usize,
    counts: [usize; PARTS.len() + 1],
}

/// One of them.
pub(super) struct Part {
    pub(super) name: &'static str,
    /// Of all samples.
    pub(super) share: f64,
    /// A resolve.
    pub(super) microseconds: f64,
    /// Whether it is the kernel's.
    pub(super) is_kernel: bool,
}

/// The names that make a part, in the order in which they are looked for: those of system calls in the whole stack, the
/// others in its top.
const PARTS: [(&str, bool, &[&str]); 9] = [
    ("kernel: reading the request (recvfrom)", true, &["sys_recvfrom"]),
    ("kernel: writing the answer (sendto), and waking nginx", true, &["sys_sendto"]),
    ("kernel: waiting for many (epoll_wait)", true, &["sys_epoll"]),
    ("the hash of the secret (SHA-256)", false, &["sha256", "SHA256", "digest"]),
    ("reading the head (httparse, memchr)", false, &["httparse", "memchr", "head::", "from_utf8"]),
    ("the decision: claims, table, verdict", false, &["vestibule_gate", "hashbrown", "crossbeam", "uuid"]),
    ("the exchange: bytes in, bytes out", false, &["exchange", "resolve::", "memmove", "memcpy"]),
    ("the connection and the event loop", false, &["tokio", "mio", "connection", "stream", "threads", "epoll"]),
    ("the clock", false, &["clock_gettime", "vdso", "Timespec", "Instant", "time"]),
];

impl Parts {
    /// From `perf script`'s stacks, which empty lines divide.
    pub(super) fn of(stacks: &str, microseconds: f64) -> Self {
        let mut counts = [0; PARTS.len() + 1];
        let mut samples = 0;
        for stack in stacks.split("\n\n").filter(|stack| stack.trim().lines().count() > 1) {
            counts[part_of(stack)] += 1;
            samples += 1;
        }
        Self { microseconds, samples, counts }
    }

    /// Every part that anything fell into, the kernel's first.
    pub(super) fn named(&self) -> impl Iterator<Item = Part> {
        let names = PARTS.iter().map(|(name, is_kernel, _)| (*name, *is_kernel)).chain([("everything else", false)]);
        names.zip(self.counts).filter(|(_, count)| *count > 0).map(|((name, is_kernel), count)| {
            let share = count as f64 / self.samples as f64;
            Part { name, share, microseconds: share * self.microseconds, is_kernel }
        })
    }
}

fn part_of(stack: &str) -> usize {
    let top = stack.trim().lines().nth(1).unwrap_or_default();
    let is_in = |(_, is_kernel, names): &(&str, bool, &[&str])| {
        let text = if *is_kernel { stack } else { top };
        names.iter().any(|name| text.contains(name))
    };
    PARTS.iter().position(is_in).unwrap_or(PARTS.len())
}

#[cfg(test)]
mod tests {
    use super::Parts;

    #[test]
    fn a_system_call_is_found_anywhere_and_our_own_only_at_the_top() {
        let stacks = "resolver-0 \n\tffff unix_stream_read\n\tffff __x64_sys_recvfrom\n\t55 tokio::run\n\n\
                      resolver-0 \n\t55 aws_lc_sha256_block\n\t55 tokio::run\n\n\
                      resolver-0 \n\t55 tokio::run\n\t55 exchange\n\nresolver-0 \n\t55 [unknown]\n\n";
        let parts = Parts::of(stacks, 4.0);
        let named: Vec<_> =
            parts.named().map(|part| (part.name.split(' ').next().unwrap(), part.microseconds)).collect();
        assert_eq!(named, [("kernel:", 1.0), ("the", 1.0), ("the", 1.0), ("everything", 1.0)]);
    }
}
