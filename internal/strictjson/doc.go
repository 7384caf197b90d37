// Package strictjson reads JSON that has the same meaning for every reader. RFC 8259 leaves the meaning
// of duplicate member names open (section 4). encoding/json takes the last one, replaces invalid UTF-8,
// and ignores text after the value. This package refuses all of that and reports the place in a [Fault].
// [ReadExact] also refuses unpaired surrogates, which readers keep, replace or refuse (section 8.2).
package strictjson
