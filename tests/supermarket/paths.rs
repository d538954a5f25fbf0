//! The path model behind the indicators of image, expectation, quality, value, satisfaction and loyalty: standardised latent
//! variables, the coefficients of their paths, and indicators from 1 to 10.

use rand_chacha::ChaCha8Rng;

use super::draw::normal;

/// Latent variables in causal order.
pub const LATENT: [&str; 6] = ["image", "expect", "quality", "value", "satisfied", "loyal"];
/// The place of satisfaction, from which the mood follows.
pub const SATISFACTION: usize = 4;
/// Path coefficients, from and to by place in [`LATENT`].
pub const PATHS: [(usize, usize, f64); 10] = [
    (0, 1, 0.60),
    (1, 2, 0.50),
    (1, 3, 0.15),
    (2, 3, 0.55),
    (0, 4, 0.20),
    (1, 4, 0.10),
    (2, 4, 0.40),
    (3, 4, 0.25),
    (0, 5, 0.25),
    (4, 5, 0.55),
];
/// Loading of every indicator on its latent variable.
pub const LOADING: f64 = 0.85;
/// Mean and standard deviation of an indicator before it is rounded into 1 to 10.
pub const INDICATOR: (f64, f64) = (6.6, 1.8);

/// Explained share of each latent variable, which follows from the coefficients.
pub fn explained() -> [f64; 6] {
    let mut covariance = [[0.0; 6]; 6];
    let mut explained = [0.0; 6];
    for to in 0..6 {
        let into: Vec<(usize, f64)> =
            PATHS.iter().filter(|path| path.1 == to).map(|&(from, _, weight)| (from, weight)).collect();
        let joint: Vec<f64> =
            (0..to).map(|other| into.iter().map(|&(from, weight)| weight * covariance[from][other]).sum()).collect();
        for (other, &joint) in joint.iter().enumerate() {
            (covariance[to][other], covariance[other][to]) = (joint, joint);
        }
        explained[to] = into.iter().map(|&(from, weight)| weight * covariance[to][from]).sum();
        covariance[to][to] = 1.0;
    }
    explained
}

/// Latent variables of one person: each with mean 0 and variance 1.
pub fn latent(random: &mut ChaCha8Rng) -> [f64; 6] {
    let explained = explained();
    let mut values = [0.0; 6];
    for to in 0..6 {
        let systematic: f64 =
            PATHS.iter().filter(|path| path.1 == to).map(|&(from, _, weight)| weight * values[from]).sum();
        values[to] = systematic + (1.0 - explained[to]).sqrt() * normal(random);
    }
    values
}

/// An indicator from 1 to 10.
pub fn indicator(random: &mut ChaCha8Rng, latent: f64) -> u8 {
    let exact = INDICATOR.0 + INDICATOR.1 * (LOADING * latent + (1.0 - LOADING * LOADING).sqrt() * normal(random));
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10][(exact.round().clamp(1.0, 10.0) - 1.0) as usize]
}
