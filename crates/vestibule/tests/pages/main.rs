//! The pages, through the whole router, over a real ledger in a temporary folder.

mod account;
mod attacks;
mod house;
mod login;
mod markup;
mod problem;
mod requests;
mod rules;
