package form

import "errors"

// A Codec turns values into JSON and back.
//
// encoding/json costs a program 28 KB on linux/arm, and 126 KB of flash under
// TinyGo, by being imported: whether it is called or not. So it is chosen as a
// network driver is, by an import:
//
//	import _ "github.com/zreq-go/zreq/form/stdjson"
//
// netdriver/std does that too. A device can set a smaller one.
type Codec interface {
	// Marshal returns the encoding of v.
	Marshal(v any) ([]byte, error)
	// Unmarshal decodes all of data into v. Anything but white space behind the
	// value is an error.
	Unmarshal(data []byte, v any) error
}

// ErrNoCodec: JSON was asked for, and no [Codec] was set.
var ErrNoCodec = errors.New(`no JSON codec: import _ "github.com/zreq-go/zreq/form/stdjson", or call form.SetCodec`)

// codec is set while the program starts.
var codec Codec

// SetCodec sets the codec of this program. Call it at start-up, before the
// first request: it is not synchronised. Nil takes it away.
func SetCodec(c Codec) { codec = c }

// Unmarshal decodes data into v by the codec. It fails with ErrNoCodec.
func Unmarshal(data []byte, v any) error {
	if codec == nil {
		return ErrNoCodec
	}
	return codec.Unmarshal(data, v)
}
