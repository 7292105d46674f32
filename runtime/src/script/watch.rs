//! How long evaluations may take. This crate has no clock, so somebody outside who has one is asked: a [`Watch`] that
//! stands for everything evaluated within [`watched`], on the same thread. Without one only the limits of steps and
//! sizes hold.

use std::cell::RefCell;
use std::sync::Arc;

/// Somebody with a clock.
pub trait Watch: Send + Sync {
    /// An evaluation begins: the time that counts runs from here.
    fn begin(&self);
    /// True when the evaluation under way has to stop. Asked often, so it must be cheap.
    fn over(&self) -> bool;
    /// The evaluation has ended, in whichever way.
    fn end(&self);
}

thread_local! {
    static WATCHES: RefCell<Vec<Arc<dyn Watch>>> = const { RefCell::new(Vec::new()) };
}

/// Does `work` with every evaluation in it watched; an inner watch stands in for an outer one.
pub fn watched<T>(watch: Arc<dyn Watch>, work: impl FnOnce() -> T) -> T {
    struct Standing;
    impl Drop for Standing {
        fn drop(&mut self) {
            WATCHES.with_borrow_mut(|watches| watches.pop());
        }
    }
    WATCHES.with_borrow_mut(|watches| watches.push(watch));
    let _standing = Standing;
    work()
}

fn present() -> Option<Arc<dyn Watch>> {
    WATCHES.with_borrow(|watches| watches.last().cloned())
}

/// True when the evaluation under way has to stop.
pub(super) fn over() -> bool {
    WATCHES.with_borrow(|watches| watches.last().is_some_and(|it| it.over()))
}

/// One evaluation, told to its watch when it begins and when it ends.
pub(super) struct Evaluation(Option<Arc<dyn Watch>>);

impl Evaluation {
    pub(super) fn begin() -> Self {
        let watch = present();
        if let Some(watch) = &watch {
            watch.begin();
        }
        Self(watch)
    }
}

impl Drop for Evaluation {
    fn drop(&mut self) {
        if let Some(watch) = &self.0 {
            watch.end();
        }
    }
}
