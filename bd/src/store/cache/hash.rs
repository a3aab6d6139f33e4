//! A fast checksum against accidents (torn writes, bit rot, zeroed pages). Not against an adversary: where two lines
//! could be meant to collide, their bytes are compared.

const K: u64 = 0x9e37_79b9_7f4a_7c15;
const LANES: usize = 4;

/// 64 bits over the bytes; a different seed gives unrelated values, and no seed maps zeroes to zero.
pub fn hash64(seed: u64, bytes: &[u8]) -> u64 {
    let start = mix(seed ^ K ^ bytes.len() as u64);
    let mut lanes = [start, start ^ 1, start ^ 2, start ^ 3];
    let (chunks, rest) = bytes.as_chunks::<{ 8 * LANES }>();
    for chunk in chunks {
        // Lane by lane, not in a loop: that takes an eighth of the instructions, and a look at mail hashes hundreds of kilobytes.
        let (words, _) = chunk.as_chunks::<8>();
        let [first, second, third, fourth] = words else { continue };
        lanes[0] = step(lanes[0], u64::from_le_bytes(*first));
        lanes[1] = step(lanes[1], u64::from_le_bytes(*second));
        lanes[2] = step(lanes[2], u64::from_le_bytes(*third));
        lanes[3] = step(lanes[3], u64::from_le_bytes(*fourth));
    }
    let mut out = lanes.into_iter().fold(start, step);
    for word in rest.chunks(8) {
        out = step(out, le(word));
    }
    mix(out)
}

fn step(state: u64, word: u64) -> u64 {
    (state ^ word).wrapping_mul(K).rotate_left(29)
}

fn le(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    x ^ (x >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_counts_and_zeroes_are_not_zero() {
        let bytes: Vec<u8> = (0..200u8).collect();
        let whole = hash64(7, &bytes);
        for bit in 0..bytes.len() * 8 {
            let mut other = bytes.clone();
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(hash64(7, &other), whole, "bit {bit}");
        }
        assert_ne!(hash64(8, &bytes), whole);
        assert_ne!(hash64(7, &bytes[..199]), whole);
        assert_ne!(hash64(0, &[0; 4088]), 0);
        assert_ne!(hash64(0, &[0; 8]), hash64(0, &[0; 9]));
    }

    #[test]
    fn the_values_are_those_of_images_that_were_made_before() {
        let bytes: Vec<u8> = (0..200u8).collect();
        assert_eq!(hash64(7, &bytes), 0x6664_5820_77f4_0d04);
        assert_eq!(hash64(0x6774, &[]), 0x3d6c_7373_7a5b_494d);
        assert_eq!(hash64(1, &bytes[..33]), 0x2742_466d_fdd9_3f79);
    }
}
