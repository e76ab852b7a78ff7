//! Which addresses are in the public internet.
//!
//! Everything else is denied: this computer, private and link-local networks (with the metadata services of clouds at
//! 169.254.169.254 and fd00:ec2::254), carriers' shared addresses, multicast, what is reserved or for documentation, and
//! IPv6 addresses that carry an IPv4 address, which might be any of these.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Networks of IPv4 that are not public (IANA, special-purpose address registry).
const V4: [(Ipv4Addr, u32); 15] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

/// Networks inside of 2000::/3, the public part of IPv6, that are not public after all: protocols of their own with
/// Teredo among them, documentation, 6to4.
const V6: [(Ipv6Addr, u32); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Whether anybody's server may be there.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let bits = address.to_bits();
            !V4.iter().any(|(network, prefix)| (bits ^ network.to_bits()).leading_zeros() >= *prefix)
        }
        IpAddr::V6(address) => {
            let bits = address.to_bits();
            let is_in =
                |network: &Ipv6Addr, prefix: u32| (bits ^ network.to_bits()).leading_zeros() >= prefix;
            is_in(&Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3)
                && !V6.iter().any(|(network, prefix)| is_in(network, *prefix))
        }
    }
}
