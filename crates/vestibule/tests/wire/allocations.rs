//! A resolve on a connection that is kept costs no heap allocation: counted, on the thread that answers.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::house::House;

/// The system's allocator, which counts what the marked threads ask of it.
pub(crate) struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static MARKED: Cell<bool> = const { Cell::new(false) };
}

fn count() {
    if MARKED.get() {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
    }
}

#[expect(unsafe_code, reason = "an allocator cannot be written without; each call goes to the system's unchanged")]
// SAFETY: every method hands its arguments to `System`, which keeps the contract; counting touches no memory of theirs.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are those that `System` asks for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[tokio::test]
async fn a_resolve_on_a_kept_connection_allocates_nothing() {
    const ROUNDS: usize = 2_000;
    let house = House::open().await;
    // A first connection stays on the thread that accepts.
    house.threads.loops().first().spawn(async { MARKED.set(true) }).await.unwrap();
    let live = house.cookie();
    let requests = [
        ("a live session", live.clone()),
        ("nobody", "Accept: */*".to_owned()),
        ("a made-up secret", format!("Cookie: session=vbs_{}", "A".repeat(48))),
        ("40 other cookies", format!("Cookie: {}session={}", "a=b; ".repeat(40), house.secret)),
        ("a bearer in the shape of a token", format!("Authorization: Bearer {}", "a.b-c_d".repeat(60))),
    ];
    let mut talk = house.unix().await.0;
    let mut answer = [0; 4096];
    for (what, line) in &requests {
        let request = format!("GET /_resolver/resolve HTTP/1.1\r\nHost: any\r\n{line}\r\n\r\n");
        let mut before = 0;
        for round in 0..=ROUNDS {
            talk.write_all(request.as_bytes()).await.unwrap();
            let count = talk.read(&mut answer).await.unwrap();
            assert!(answer.starts_with(b"HTTP/1.1 200 ") && answer[..count].ends_with(b"\r\n\r\n"), "{what}");
            if round == 0 {
                // The first may fill the table or grow a buffer.
                before = ALLOCATIONS.load(Ordering::Relaxed);
            }
        }
        assert_eq!(ALLOCATIONS.load(Ordering::Relaxed) - before, 0, "allocations in {ROUNDS} resolves of {what}");
    }
    assert!(ALLOCATIONS.load(Ordering::Relaxed) > 0, "the connection's own buffers are counted, or nothing is");
}
