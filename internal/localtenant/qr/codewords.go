package qr

// eccPerBlock and blocks are the standard's figures for level L.
func eccPerBlock(version int) int {
	return [...]int{0, 7, 10, 15, 20, 26, 18, 20, 24, 30, 18, 20, 24, 26, 30, 22, 24, 28, 30, 28, 28}[version]
}

func blocks(version int) int {
	return [...]int{0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 4, 4, 4, 6, 6, 6, 6, 7, 8}[version]
}

// rawCodewords is how many bytes the modules of a version hold in all.
func rawCodewords(version int) int {
	bits := (16*version+128)*version + 64
	if version >= 2 {
		n := version/7 + 2
		bits -= (25*n-10)*n - 55
		if version >= 7 {
			bits -= 36
		}
	}
	return bits / 8
}

func dataLength(version int) int { return rawCodewords(version) - eccPerBlock(version)*blocks(version) }

// capacity is how long a text a version takes, after its header.
func capacity(version int) int {
	if version < 10 {
		return dataLength(version) - 2
	}
	return dataLength(version) - 3
}

// dataCodewords is the mode, the length, the text and the padding.
func dataCodewords(version int, text string) []byte {
	var out bitString
	out.add(0b0100, 4)
	if version < 10 {
		out.add(len(text), 8)
	} else {
		out.add(len(text), 16)
	}
	for _, b := range []byte(text) {
		out.add(int(b), 8)
	}
	n := dataLength(version)
	out.add(0, min(4, n*8-out.bits))
	out.add(0, (8-out.bits%8)%8)
	for pad := 0xec; len(out.bytes) < n; pad ^= 0xec ^ 0x11 {
		out.add(pad, 8)
	}
	return out.bytes
}

type bitString struct {
	bytes []byte
	bits  int
}

func (s *bitString) add(value, n int) {
	for i := n - 1; i >= 0; i-- {
		if s.bits%8 == 0 {
			s.bytes = append(s.bytes, 0)
		}
		s.bytes[s.bits/8] |= byte(value>>i&1) << (7 - s.bits%8)
		s.bits++
	}
}

// interleave splits data into blocks, adds each one's error correction, and
// takes from the blocks in turn.
func interleave(version int, data []byte) []byte {
	n, ecc := blocks(version), eccPerBlock(version)
	short, long := len(data)/n, len(data)%n // so many of the last blocks are one longer
	divisor := generator(ecc)
	var parts, checks [][]byte
	for i := range n {
		size := short
		if i >= n-long {
			size++
		}
		parts = append(parts, data[:size])
		checks = append(checks, remainder(data[:size], divisor))
		data = data[size:]
	}
	var out []byte
	for i := range short + 1 {
		for _, p := range parts {
			if i < len(p) {
				out = append(out, p[i])
			}
		}
	}
	for i := range ecc {
		for _, c := range checks {
			out = append(out, c[i])
		}
	}
	return out
}

// generator is the Reed-Solomon polynomial of a degree, without its leading 1.
func generator(degree int) []byte {
	out := make([]byte, degree)
	out[degree-1] = 1
	root := byte(1)
	for range degree {
		for j := range out {
			out[j] = multiply(out[j], root)
			if j+1 < degree {
				out[j] ^= out[j+1]
			}
		}
		root = multiply(root, 2)
	}
	return out
}

func remainder(data, divisor []byte) []byte {
	out := make([]byte, len(divisor))
	for _, b := range data {
		factor := b ^ out[0]
		copy(out, out[1:])
		out[len(out)-1] = 0
		for i := range out {
			out[i] ^= multiply(divisor[i], factor)
		}
	}
	return out
}

// multiply is multiplication in GF(2^8) modulo the standard's 0x11d.
func multiply(a, b byte) byte {
	product := 0
	for i := 7; i >= 0; i-- {
		product = product<<1 ^ (product>>7)*0x11d
		product ^= int(b>>i&1) * int(a)
	}
	return byte(product)
}
