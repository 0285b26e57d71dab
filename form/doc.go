// Package form makes request bodies and queries.
//
//	fields := form.Values{{"rev", "7"}, {"tag", "a b"}}.Body()
//	text := form.JSON(reading)
//	raw := form.Bytes(record, "application/cbor")
//	files := form.Files(form.File{Field: "log", Name: "boot.log", Content: file})
//
// [FromMap] and [FromLists] make Values from a map.
//
// Bodies are streamed. Only JSON is held in memory as a whole. The caller keeps the
// values that a body is made from, and must not change them until the call returns.
//
// The package depends only on the standard library, and links neither fmt nor net/url nor
// mime. It does not parse forms, and does not modify the values that it is given.
package form
