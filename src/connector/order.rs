//! Brings objects into order, and finds those that lead round in a circle.

/// Indices in an order in which everything comes after what it needs; otherwise the file's order is kept.
///
/// # Errors
/// The indices of one circle, its first repeated at the end.
pub(crate) fn order(
    count: usize,
    needs: impl Fn(usize) -> Vec<usize>,
) -> Result<Vec<usize>, Vec<usize>> {
    let mut placed = vec![false; count];
    let mut out = Vec::with_capacity(count);
    while out.len() < count {
        let ready =
            (0..count).find(|&one| !placed[one] && needs(one).iter().all(|&other| placed[other]));
        match ready {
            Some(one) => {
                placed[one] = true;
                out.push(one);
            }
            None => return Err(circle(&placed, needs)),
        }
    }
    Ok(out)
}

/// Walks from something that waits to what it waits for, until a step repeats.
fn circle(placed: &[bool], needs: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let mut path: Vec<usize> = placed
        .iter()
        .position(|placed| !placed)
        .into_iter()
        .collect();
    while let Some(&last) = path.last() {
        let Some(next) = needs(last).into_iter().find(|&other| !placed[other]) else {
            break;
        };
        if let Some(first) = path.iter().position(|&seen| seen == next) {
            path.drain(..first);
            path.push(next);
            break;
        }
        path.push(next);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_come_first_and_the_rest_stays() {
        let needs = |one: usize| [vec![2], vec![], vec![1], vec![]][one].clone();
        assert_eq!(order(4, needs), Ok(vec![1, 2, 0, 3]));
        assert_eq!(order(0, |_| Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn a_circle_is_named_without_what_leads_to_it() {
        let needs = |one: usize| [vec![1], vec![2], vec![1], vec![3]][one].clone();
        assert_eq!(order(4, needs), Err(vec![1, 2, 1]));
        assert_eq!(order(1, |_| vec![0]), Err(vec![0, 0]));
    }
}
