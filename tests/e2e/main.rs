//! The built binary, real nginx and a recording application, attacked and used as strangers and operators do.
//! One program, because linking many costs minutes; a module here mirrors a sentence of the promises.

mod attacks;
mod cli;
mod cluster;
mod database;
mod durability;
mod listeners;
mod nginx;
mod oauth;
mod operations;
mod pages;
mod readings;
mod rolling;
mod run;
mod secrets;
mod shadow;
mod step_up;
mod system_calls;
mod threads;
mod through;
mod time;
mod trace;
