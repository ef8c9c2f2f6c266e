//! The locks and the one ordered atomic of the table: parking_lot's and the standard library's, or those of loom, which
//! runs a test once for every order in which threads can come to them.

#[cfg(not(feature = "loom"))]
pub(super) use parking_lot::{Mutex, RwLock};
#[cfg(not(feature = "loom"))]
pub(super) use std::sync::atomic::AtomicU64;

#[cfg(feature = "loom")]
pub(super) use loom::sync::atomic::AtomicU64;
#[cfg(feature = "loom")]
pub(super) use modelled::{Mutex, RwLock};

#[cfg(all(feature = "loom", not(test)))]
compile_error!("the feature `loom` is for one test: cargo test -p vestibule-gate --features loom --lib loom");

/// Loom's locks with parking_lot's signatures: nobody panics while holding one.
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
    pub(in super::super) struct RwLock<T>(loom::sync::RwLock<T>);

    impl<T> RwLock<T> {
        pub(in super::super) fn read(&self) -> RwLockReadGuard<'_, T> {
            self.0.read().expect("nobody panics while holding it")
        }

        pub(in super::super) fn write(&self) -> RwLockWriteGuard<'_, T> {
            self.0.write().expect("nobody panics while holding it")
        }
    }
}
