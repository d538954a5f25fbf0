//! Which hidden groups follow from the published ones by addition and subtraction over all segment columns, and what more must
//! be hidden so that none does. Joint numbers of answers come in; they say all there is to know about unions and nesting.
//!
//! A published share or mean with its weighted base is a known sum over the answers of its group, so the published groups are
//! linear equations, and a hidden group is worked out exactly if its row lies in the space of theirs. With answers as
//! coordinates, the inner product of two rows is the number of answers that the groups share, and membership is decided on
//! these numbers alone (Gram matrix). The arithmetic is that of whole numbers modulo a prime, so nothing is rounded.

/// 2^61 - 1: large enough that no determinant of joint counts is a multiple of it by accident.
const PRIME: u64 = (1 << 61) - 1;

/// Hides more groups until no hidden one follows from the published ones. `shared[g][h]` is the number of answers in both
/// groups, on the diagonal that of the group; group 0 is the total. Each step hides, of the groups that give a hidden one
/// away, the one with the fewest answers (the first of several), and the total only where nothing else is left.
pub fn protect(shared: &[Vec<u64>], hidden: &mut [bool]) {
    while let Some(sources) = given_away(shared, hidden) {
        let fewest = |allowed: &dyn Fn(usize) -> bool| {
            let groups = sources.iter().copied().filter(|&group| allowed(group));
            groups.min_by_key(|&group| (shared[group][group], group))
        };
        let part = fewest(&|group| shared[group][group] < shared[0][0]);
        match part.or_else(|| fewest(&|_| true)) {
            Some(more) => hidden[more] = true,
            None => return,
        }
    }
}

/// The published groups from which the first hidden group that is not safe can be worked out; `None` if all are safe.
fn given_away(shared: &[Vec<u64>], hidden: &[bool]) -> Option<Vec<usize>> {
    let held =
        |wanted: bool| (0..shared.len()).filter(move |&group| hidden[group] == wanted && shared[group][group] > 0);
    let published: Vec<usize> = held(false).collect();
    let secret: Vec<usize> = held(true).collect();
    if secret.is_empty() {
        return None;
    }
    let width = published.len();
    let row = |&group: &usize| published.iter().chain(&secret).map(|&other| shared[group][other] % PRIME).collect();
    let mut rows: Vec<Vec<u64>> = published.iter().map(row).collect();
    let pivots = reduce(&mut rows, width);
    for (number, &target) in secret.iter().enumerate() {
        let factors: Vec<(usize, u64)> =
            pivots.iter().enumerate().map(|(row, &column)| (published[column], rows[row][width + number])).collect();
        let explained =
            factors.iter().fold(0, |sum, &(group, factor)| (sum + times(factor, shared[group][target])) % PRIME);
        if explained == shared[target][target] % PRIME {
            return Some(factors.into_iter().filter(|&(_, factor)| factor != 0).map(|(group, _)| group).collect());
        }
    }
    None
}

/// Brings the first `width` columns to reduced row echelon form and gives the pivot column of each leading row.
fn reduce(rows: &mut [Vec<u64>], width: usize) -> Vec<usize> {
    let mut pivots = Vec::new();
    for column in 0..width {
        let place = pivots.len();
        let Some(found) = (place..rows.len()).find(|&row| rows[row][column] != 0) else { continue };
        rows.swap(place, found);
        let inverse = power(rows[place][column], PRIME - 2);
        rows[place].iter_mut().for_each(|value| *value = times(*value, inverse));
        let leading = rows[place].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|&(row, _)| row != place) {
            let factor = row[column];
            if factor != 0 {
                row.iter_mut().zip(&leading).for_each(|(value, lead)| {
                    *value = (*value + PRIME - times(factor, *lead)) % PRIME;
                });
            }
        }
        pivots.push(column);
    }
    pivots
}

fn times(left: u64, right: u64) -> u64 {
    let product = u128::from(left) * u128::from(right) % u128::from(PRIME);
    u64::try_from(product).unwrap_or(0)
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
    fn shared(atoms: &[u64], groups: &[&[usize]]) -> Vec<Vec<u64>> {
        let all: Vec<usize> = (0..atoms.len()).collect();
        let groups: Vec<&[usize]> = std::iter::once(all.as_slice()).chain(groups.iter().copied()).collect();
        let both = |one: &[usize], other: &[usize]| {
            one.iter().filter(|atom| other.contains(atom)).map(|&atom| atoms[atom]).sum::<u64>()
        };
        groups.iter().map(|one| groups.iter().map(|other| both(one, other)).collect()).collect()
    }

    fn protected(shared: &[Vec<u64>], hidden: &[usize]) -> Vec<usize> {
        let mut flags: Vec<bool> = (0..shared.len()).map(|group| hidden.contains(&group)).collect();
        protect(shared, &mut flags);
        (0..flags.len()).filter(|&group| flags[group]).collect()
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
}
