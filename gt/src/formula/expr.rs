//! Whole numbers in loops: `3`, `2^{n} - 1`, `(a + 1) * 2`. Every operation is checked.

/// The longest expression.
const LONGEST: usize = 200;

/// The value of an expression whose variables were put in.
///
/// # Errors
/// What is wrong with it.
pub(super) fn eval(text: &str) -> Result<i64, String> {
    if text.len() > LONGEST {
        return Err("longer than 200 bytes".to_owned());
    }
    let mut parser = Parser { rest: text.trim() };
    let value = parser.sum()?;
    match parser.rest {
        "" => Ok(value),
        rest => Err(format!("`{}` is not understood", rest.escape_debug())),
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn take(&mut self, operators: &str) -> Option<char> {
        self.rest = self.rest.trim_start();
        let c = self.rest.chars().next().filter(|c| operators.contains(*c))?;
        self.rest = self.rest[c.len_utf8()..].trim_start();
        Some(c)
    }

    fn sum(&mut self) -> Result<i64, String> {
        let mut value = self.product()?;
        while let Some(c) = self.take("+-") {
            let other = self.product()?;
            let next = if c == '+' { value.checked_add(other) } else { value.checked_sub(other) };
            value = next.ok_or_else(too_large)?;
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<i64, String> {
        let mut value = self.power()?;
        while let Some(c) = self.take("*/%") {
            let other = self.power()?;
            let next = match c {
                '*' => value.checked_mul(other),
                _ if other == 0 => return Err("divides by zero".to_owned()),
                '/' => value.checked_div(other),
                _ => value.checked_rem(other),
            };
            value = next.ok_or_else(too_large)?;
        }
        Ok(value)
    }

    fn power(&mut self) -> Result<i64, String> {
        let base = self.atom()?;
        if self.take("^").is_none() {
            return Ok(base);
        }
        let exponent = self.power()?;
        let exponent = u32::try_from(exponent).map_err(|_| "an exponent is 0 or more".to_owned())?;
        base.checked_pow(exponent).ok_or_else(too_large)
    }

    fn atom(&mut self) -> Result<i64, String> {
        if self.take("-").is_some() {
            return self.power()?.checked_neg().ok_or_else(too_large);
        }
        if self.take("(").is_some() {
            let value = self.sum()?;
            return self.take(")").map(|_| value).ok_or_else(|| "a `)` is missing".to_owned());
        }
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at(digits);
        if digits == 0 {
            return Err(if rest.is_empty() {
                "a number is missing".to_owned()
            } else {
                format!("`{}` is no number", rest.escape_debug())
            });
        }
        self.rest = rest;
        number.parse().map_err(|_| too_large())
    }
}

fn too_large() -> String {
    "a number is too large".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let table = [("3", 3), (" 2^3 - 1 ", 7), ("2^3^2", 512), ("(1+2)*3", 9), ("7/2", 3), ("-2+5", 3), ("7%4", 3)];
        for (text, want) in table {
            assert_eq!(eval(text), Ok(want), "{text}");
        }
        let deep = "(".repeat(199);
        for bad in ["", "x", "1+", "(1", "1/0", "2^-1", "9^99", "99999999999999999999", "1 2", "{n}", &deep, &"1".repeat(300)] {
            assert!(eval(bad).is_err(), "{bad}");
        }
    }
}
