package form

import "errors"

// A Codec turns values into JSON and back.
//
// Importing encoding/json makes a program 36 KB larger on linux/arm, and 126 KB under
// TinyGo, even if it is never called, and calling it adds half a megabyte. So a program
// chooses its codec as it chooses a network driver, by an import:
//
//	import _ "github.com/zreq-go/zreq/form/stdjson"
//
// Importing netdriver/std does the same. A device can set a smaller codec with SetCodec.
type Codec interface {
	// Marshal returns the encoding of v.
	Marshal(v any) ([]byte, error)
	// Unmarshal decodes all of data into v. Anything other than white space after the
	// value is an error.
	Unmarshal(data []byte, v any) error
}

// ErrNoCodec means that JSON is needed, but no [Codec] was set.
var ErrNoCodec = errors.New(`no JSON codec: import _ "github.com/zreq-go/zreq/form/stdjson", or call form.SetCodec`)

// codec is set while the program starts.
var codec Codec

// SetCodec sets the codec of the program. It is not safe for concurrent use: call it at
// start-up, before the first request. A nil c removes the codec.
func SetCodec(c Codec) { codec = c }

// Unmarshal decodes data into v with the codec of the program. It fails with ErrNoCodec if
// there is none.
func Unmarshal(data []byte, v any) error {
	if codec == nil {
		return ErrNoCodec
	}
	return codec.Unmarshal(data, v)
}
