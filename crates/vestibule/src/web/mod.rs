//! What the pages share, each by its name.

pub mod assets;
pub mod body;
pub mod brand;
pub mod cookies;
pub mod fields;
pub mod page;
pub mod problem;
pub mod refusal;
pub mod same_origin;
pub mod site;
pub mod visit;
pub mod when;

pub use refusal::Refusal;
pub use same_origin::SameOriginForm;
pub use site::Site;
pub use visit::Visit;
