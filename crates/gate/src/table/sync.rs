//! The locks and the one ordered atomic of the table: those of every day, or those of loom, which runs a test once for
//! every order in which threads can come to them.

#[cfg(not(feature = "loom"))]
pub(super) use everyday::ReadersLock;
#[cfg(not(feature = "loom"))]
pub(super) use parking_lot::Mutex;
#[cfg(not(feature = "loom"))]
pub(super) use std::sync::atomic::AtomicU64;

#[cfg(feature = "loom")]
pub(super) use loom::sync::atomic::AtomicU64;
#[cfg(feature = "loom")]
pub(super) use modelled::{Mutex, ReadersLock};

#[cfg(all(feature = "loom", not(test)))]
compile_error!("the feature `loom` is for one test: cargo test -p vestibule-gate --features loom --lib loom");

#[cfg(not(feature = "loom"))]
mod everyday {
    use std::sync::PoisonError;

    use crossbeam_utils::sync::{ShardedLock, ShardedLockReadGuard, ShardedLockWriteGuard};

    /// For what is read by many and written by few: readers on different cores share not even a cache line.
    #[derive(Default)]
    pub(in super::super) struct ReadersLock<T>(ShardedLock<T>);

    // Somebody who panicked while writing has left a map that is still one: the entry is in it or not.
    impl<T> ReadersLock<T> {
        pub(in super::super) fn read(&self) -> ShardedLockReadGuard<'_, T> {
            self.0.read().unwrap_or_else(PoisonError::into_inner)
        }

        pub(in super::super) fn write(&self) -> ShardedLockWriteGuard<'_, T> {
            self.0.write().unwrap_or_else(PoisonError::into_inner)
        }
    }
}

/// Loom's locks with the same signatures: nobody panics while holding one.
#[cfg(feature = "loom")]
mod modelled {
    use loom::sync::{MutexGuard, RwLockReadGuard, RwLockWriteGuard};

    #[derive(Default)]
    pub(in super::super) struct Mutex<T>(loom::sync::Mutex<T>);

    impl<T> Mutex<T> {
        pub(in super::super) fn new(value: T) -> Self {
            Self(loom::sync::Mutex::new(value))
        }

        pub(in super::super) fn lock(&self) -> MutexGuard<'_, T> {
            self.0.lock().expect("nobody panics while holding it")
        }
    }

    #[derive(Default)]
    pub(in super::super) struct ReadersLock<T>(loom::sync::RwLock<T>);

    impl<T> ReadersLock<T> {
        pub(in super::super) fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().expect("nobody panics while holding it")
        }

        pub(in super::super) fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().expect("nobody panics while holding it")
        }
    }
}
