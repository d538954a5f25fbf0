//! Which hidden sums follow from published ones by addition and subtraction. Joint numbers of answers come in; they say all
//! there is to know about unions and nesting.
//!
//! A published share or mean with its weighted base is a known sum over the answers of its group, so what is published is a
//! set of linear equations, and a hidden sum is worked out exactly if its row lies in the space of theirs. With answers as
//! coordinates, the inner product of two rows is the number of answers that both hold, and membership is decided on these
//! numbers alone: publishing a row takes its part out of all others (a step of Gauss on the Gram matrix), and what is left of
//! a row is nothing where it follows. The arithmetic is that of whole numbers modulo a prime, so nothing is rounded.

/// 2^61 - 1: large enough that no determinant of joint counts is a multiple of it by accident.
const PRIME: u64 = (1 << 61) - 1;

/// How many answers every two sums share, on the diagonal those of the sum itself.
#[derive(Debug, Clone)]
pub struct Products {
    /// Row by row up to the diagonal: the other half says the same.
    rows: Vec<Vec<u64>>,
}

impl Products {
    /// Those of so many sums without answers.
    pub fn none(sums: usize) -> Self {
        Self { rows: (1..=sums).map(|length| vec![0; length]).collect() }
    }

    /// What two sums share.
    pub fn get(&self, one: usize, other: usize) -> u64 {
        self.rows[one.max(other)][one.min(other)]
    }

    /// Adds answers that are in all of these sums, which are in ascending order.
    pub fn add(&mut self, sums: &[usize], answers: u64) {
        for (place, &one) in sums.iter().enumerate() {
            let row = &mut self.rows[one];
            sums[..=place].iter().for_each(|&other| row[other] += answers);
        }
    }

    /// Adds a sum that is the difference of two others.
    fn add_difference(&mut self, whole: usize, part: usize) {
        let known = 0..self.rows.len();
        let mut row: Vec<u64> = known.map(|other| minus(self.get(whole, other), self.get(part, other))).collect();
        row.push(minus(row[whole], row[part]));
        self.rows.push(row);
    }
}

/// The sums that the numbers of one family of bases tell, as far as they are published.
#[derive(Debug, Clone)]
pub struct Space {
    /// Inner products of what is left of each sum once the published ones are taken away.
    products: Products,
    /// Sums that must not follow from published ones.
    secrets: Vec<usize>,
    /// Neither published nor empty, in ascending order.
    open: Vec<usize>,
}

impl Space {
    /// `secrets` must never follow from what is published, and neither must the difference of the two sums of each of
    /// `remainders`, the second within the first.
    pub fn new(shared: Products, secrets: &[usize], remainders: &[(usize, usize)]) -> Self {
        let mut products = shared;
        let known = products.rows.len();
        remainders.iter().for_each(|&(whole, part)| products.add_difference(whole, part));
        let secrets: Vec<usize> = secrets.iter().copied().chain(known..known + remainders.len()).collect();
        let open = (0..products.rows.len()).filter(|&row| products.get(row, row) != 0).collect();
        Self { products, secrets, open }
    }

    /// True if a secret would follow from this sum together with those published so far.
    pub fn gives_away(&self, sum: usize) -> bool {
        let own = self.products.get(sum, sum);
        // A sum that follows from the published ones tells nothing new.
        own != 0
            && self.secrets.iter().any(|&secret| {
                let (both, whole) = (self.products.get(secret, sum), self.products.get(secret, secret));
                whole != 0 && both != 0 && times(whole, own) == times(both, both)
            })
    }

    /// Lets a sum not follow from what is published from now on.
    pub fn keep_secret(&mut self, sum: usize) {
        if !self.secrets.contains(&sum) {
            self.secrets.push(sum);
        }
    }

    /// Publishes a sum.
    pub fn publish(&mut self, sum: usize) {
        let own = self.products.get(sum, sum);
        if own == 0 {
            return;
        }
        let inverse = power(own, PRIME - 2);
        let shared = |&row: &usize| (row, self.products.get(row, sum));
        let touched: Vec<(usize, u64)> = self.open.iter().map(shared).filter(|(_, shared)| *shared != 0).collect();
        for (place, &(row, lead)) in touched.iter().enumerate() {
            let factor = minus(0, times(lead, inverse));
            let held = &mut self.products.rows[row];
            for &(column, lead) in &touched[..=place] {
                held[column] = plus_times(held[column], factor, lead);
            }
        }
        self.open.retain(|&row| self.products.get(row, row) != 0);
    }
}

fn minus(left: u64, right: u64) -> u64 {
    if left >= right { left - right } else { left + (PRIME - right) }
}

fn times(left: u64, right: u64) -> u64 {
    plus_times(0, left, right)
}

/// `held + left * right`.
fn plus_times(held: u64, left: u64, right: u64) -> u64 {
    let sum = u128::from(left) * u128::from(right) + u128::from(held);
    // 2^61 is 1 modulo the prime, so the upper bits are added to the lower ones; both are below 2^61.
    let sum = (sum as u64 & PRIME) + (sum >> 61) as u64;
    if sum >= PRIME { sum - PRIME } else { sum }
}

fn power(base: u64, mut exponent: u64) -> u64 {
    let (mut result, mut square) = (1, base);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = times(result, square);
        }
        square = times(square, square);
        exponent >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Joint counts of groups that are sets of atoms with these numbers of answers; the first group is the total.
    fn shared(atoms: &[u64], groups: &[&[usize]]) -> Products {
        let mut shared = Products::none(groups.len() + 1);
        for (atom, &answers) in atoms.iter().enumerate() {
            let within = (1..).zip(groups).filter(|(_, group)| group.contains(&atom)).map(|(group, _)| group);
            shared.add(&std::iter::once(0).chain(within).collect::<Vec<_>>(), answers);
        }
        shared
    }

    fn protected(shared: &Products, hidden: &[usize]) -> Vec<usize> {
        let mut space = Space::new(shared.clone(), hidden, &[]);
        let mut order: Vec<usize> = (0..shared.rows.len()).filter(|group| !hidden.contains(group)).collect();
        order.sort_by_key(|&group| std::cmp::Reverse((group == 0, shared.get(group, group), group)));
        let mut kept = hidden.to_vec();
        for group in order {
            if space.gives_away(group) { kept.push(group) } else { space.publish(group) }
        }
        kept.sort_unstable();
        kept
    }

    #[test]
    fn the_remainder_of_the_total_takes_the_smallest_other_group_along() {
        // Groups of 300, 80 and 12: the last is the total less the others.
        let counts = shared(&[300, 80, 12], &[&[0], &[1], &[2]]);
        assert_eq!(protected(&counts, &[3]), [2, 3]);
        // With answers outside every group it does not follow.
        let counts = shared(&[300, 80, 12, 40], &[&[0], &[1], &[2]]);
        assert_eq!(protected(&counts, &[3]), [3]);
        assert_eq!(protected(&counts, &[]), Vec::<usize>::new());
    }

    #[test]
    fn nested_columns_are_seen() {
        // Cities 1 (100), 2 (12), 3 (90), 4 (15); regions 5 = 1 + 2, 6 = 3 + 4. Two cities are hidden, so the rule for one
        // column is content; but region 5 less city 1 is city 2, and likewise for 4. Hiding the smaller of the groups that
        // give them away: first city 1 (100 answers, region 5 has 112), then city 3 (90).
        let counts = shared(&[100, 12, 90, 15], &[&[0], &[1], &[2], &[3], &[0, 1], &[2, 3]]);
        assert_eq!(protected(&counts, &[2, 4]), [1, 2, 3, 4]);
    }

    #[test]
    fn one_group_under_two_names_is_hidden_twice() {
        // 1 and 4 are the same 15 people, such as staff and the guests of the staff canteen. 5 is all others, so it goes; 2 and
        // 3 are all others in two groups, so the smaller of them goes.
        let counts = shared(&[15, 200, 90], &[&[0], &[1], &[2], &[0], &[1, 2]]);
        assert_eq!(protected(&counts, &[1, 4]), [1, 3, 4, 5]);
    }

    #[test]
    fn sums_over_three_columns_are_seen() {
        // A square of four cells, rows 1 and 2, columns 3 and 4, diagonals 5 and 6: cell 0 is (1 + 3 - 6) / 2 and is also
        // reported as group 7.
        let counts = shared(&[15, 40, 50, 60], &[&[0, 1], &[2, 3], &[0, 2], &[1, 3], &[0, 3], &[1, 2], &[0]]);
        let hidden = protected(&counts, &[7]);
        assert!(hidden.len() > 1 && hidden.contains(&7), "{hidden:?}");
    }

    #[test]
    fn a_small_difference_of_two_bases_is_a_secret() {
        // 190 of 200 are customers. Both published tell about the 10 who are not; one of them alone does not.
        let mut shared = Products::none(2);
        shared.add(&[0, 1], 190);
        shared.add(&[0], 10);
        let mut space = Space::new(shared.clone(), &[], &[(0, 1)]);
        assert!(!space.gives_away(0));
        space.publish(0);
        assert!(space.gives_away(1));
        let open = Space::new(shared, &[], &[]);
        assert!(!open.gives_away(1));
    }

    #[test]
    fn products_are_those_of_whole_numbers_modulo_the_prime() {
        for (left, right) in [(PRIME - 1, PRIME - 1), (1 << 60, 12_345_678_901), (PRIME - 1, 2), (0, 5)] {
            let exact = u128::from(left) * u128::from(right) % u128::from(PRIME);
            assert_eq!(u128::from(times(left, right)), exact);
            let with_most = (exact + u128::from(PRIME - 1)) % u128::from(PRIME);
            assert_eq!(u128::from(plus_times(PRIME - 1, left, right)), with_most);
        }
    }
}
