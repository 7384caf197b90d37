// Package qr draws QR codes (ISO/IEC 18004) of short texts: byte mode, error
// correction level L, versions 1 to 20. It is for enrolment pages, where no
// dependency would be worth its weight.
package qr

import (
	"errors"
	"fmt"
	"strings"
)

// Code is a QR code.
type Code struct {
	size     int
	dark     [][]bool
	reserved [][]bool // modules that hold no data
}

const maxVersion = 20

// Encode makes the code of a text of up to 858 bytes.
func Encode(text string) (*Code, error) {
	for version := 1; version <= maxVersion; version++ {
		if len(text) <= capacity(version) {
			c := newCode(version)
			c.place(interleave(version, dataCodewords(version, text)))
			return c, nil
		}
	}
	return nil, errors.New("the text is too long for a QR code")
}

// Size is how many modules wide and high the code is, without its quiet zone.
func (c *Code) Size() int { return c.size }

// Dark says whether the module in a column and a row is dark.
func (c *Code) Dark(x, y int) bool { return c.dark[y][x] }

// Path is an SVG path of the dark modules, moved right and down by a margin.
func (c *Code) Path(margin int) string {
	var b strings.Builder
	for y := range c.size {
		for x := range c.size {
			if c.dark[y][x] {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+margin, y+margin)
			}
		}
	}
	return b.String()
}

func newCode(version int) *Code {
	c := &Code{size: version*4 + 17}
	for range c.size {
		c.dark = append(c.dark, make([]bool, c.size))
		c.reserved = append(c.reserved, make([]bool, c.size))
	}
	for i := range c.size {
		c.fixed(6, i, i%2 == 0)
		c.fixed(i, 6, i%2 == 0)
	}
	for _, at := range [][2]int{{3, 3}, {c.size - 4, 3}, {3, c.size - 4}} {
		c.square(at[0], at[1], 4, func(d int) bool { return d != 2 && d != 4 })
	}
	c.alignment(version)
	c.format()
	c.version(version)
	return c
}

// fixed sets a module that holds no data. What lies outside is left out.
func (c *Code) fixed(x, y int, dark bool) {
	if x >= 0 && y >= 0 && x < c.size && y < c.size {
		c.dark[y][x], c.reserved[y][x] = dark, true
	}
}

// square draws rings around a centre; dark tells by the ring's distance.
func (c *Code) square(x, y, radius int, dark func(int) bool) {
	for dy := -radius; dy <= radius; dy++ {
		for dx := -radius; dx <= radius; dx++ {
			c.fixed(x+dx, y+dy, dark(max(abs(dx), abs(dy))))
		}
	}
}

func (c *Code) alignment(version int) {
	if version == 1 {
		return
	}
	n := version/7 + 2
	step := (version*4 + n*2 + 1) / (n*2 - 2) * 2
	at := make([]int, n)
	at[0] = 6
	for i := 1; i < n; i++ {
		at[n-i] = c.size - 7 - (i-1)*step
	}
	for i, x := range at {
		for j, y := range at {
			corner := (i == 0 && j == 0) || (i == 0 && j == n-1) || (i == n-1 && j == 0)
			if !corner { // those three are finder patterns
				c.square(x, y, 2, func(d int) bool { return d != 1 })
			}
		}
	}
}

// format writes the level (L) and the mask (0) beside the finder patterns.
func (c *Code) format() {
	const data = 1 << 3
	rem := data
	for range 10 {
		rem = rem<<1 ^ (rem>>9)*0x537
	}
	bits := (data<<10 | rem) ^ 0x5412
	bit := func(i int) bool { return bits>>i&1 == 1 }
	for i := range 6 {
		c.fixed(8, i, bit(i))
	}
	c.fixed(8, 7, bit(6))
	c.fixed(8, 8, bit(7))
	c.fixed(7, 8, bit(8))
	for i := 9; i < 15; i++ {
		c.fixed(14-i, 8, bit(i))
	}
	for i := range 8 {
		c.fixed(c.size-1-i, 8, bit(i))
	}
	for i := 8; i < 15; i++ {
		c.fixed(8, c.size-15+i, bit(i))
	}
	c.fixed(8, c.size-8, true)
}

func (c *Code) version(version int) {
	if version < 7 {
		return
	}
	rem := version
	for range 12 {
		rem = rem<<1 ^ (rem>>11)*0x1f25
	}
	bits := version<<12 | rem
	for i := range 18 {
		a, b := c.size-11+i%3, i/3
		c.fixed(a, b, bits>>i&1 == 1)
		c.fixed(b, a, bits>>i&1 == 1)
	}
}

// place lays the codewords in two-module columns, from the right, up and down,
// under mask 0. Any mask can be read; the best one only reads a little better.
func (c *Code) place(words []byte) {
	i := 0
	for right := c.size - 1; right >= 1; right -= 2 {
		if right == 6 {
			right = 5
		}
		for vert := range c.size {
			for j := range 2 {
				x, y := right-j, vert
				if (right+1)&2 == 0 {
					y = c.size - 1 - vert
				}
				if c.reserved[y][x] {
					continue
				}
				dark := i < len(words)*8 && words[i/8]>>(7-i%8)&1 == 1
				c.dark[y][x] = dark != ((x+y)%2 == 0)
				i++
			}
		}
	}
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}
