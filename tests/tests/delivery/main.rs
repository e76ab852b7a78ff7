//! What is sent arrives: on every device, in the same order, once, whatever the network does; and it can be read
//! by nobody else.

mod convergence;
mod link;
mod model;
mod secrets;
