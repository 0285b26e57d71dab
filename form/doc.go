// Package form makes request bodies and queries.
//
//	form.Values{{"rev", "7"}, {"tag", "a b"}}.Body()
//	form.JSON(reading)
//	form.Bytes(record, "application/cbor")
//	form.Files(form.File{Field: "log", Name: "boot.log", Content: file})
//
// A body streams: only JSON is ever whole in memory. What a body is made of stays
// the caller's, and must not change until the call returns.
//
// The package is a leaf on the standard library: what it encodes, it writes
// itself, and it links neither fmt nor net/url nor mime. It does not parse forms,
// and it changes nothing in the values that it is given.
package form
