// Package strictjson reads JSON that means the same to every reader. RFC 8259
// leaves open what an object with a name twice means (section 4), and
// encoding/json takes the last of them without a word, replaces what is not UTF-8,
// and does not look behind the value. Here all of that is refused, and a [Fault]
// says where it is. So is, by [ReadExact], half of a surrogate pair, which readers
// keep, replace or refuse as they like (section 8.2).
package strictjson
