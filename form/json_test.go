package form_test

import (
	"encoding/json"
	"errors"
	"io"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func testJSON(t *testing.T) {
	for name, tt := range map[string]struct {
		in   any
		want string
	}{
		"nil":          {nil, "null"},
		"struct":       {struct{ A int }{7}, `{"A":7}`},
		"bytes count":  {"日本", `"日本"`},
		"raw":          {json.RawMessage(`[1]`), "[1]"},
		"sorted names": {map[string]int{"b": 1, "a": 2}, `{"a":2,"b":1}`},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			body := form.JSON(tt.in)
			checkBody(t, body, tt.want)
			is.NoErr(body.Encode())
			is.Equal(body.ContentType(), "application/json") // RFC 8259, 11
		})
	}
	is.New(t).Equal(form.JSON("é").Size(), int64(4)) // bytes, not characters
}

// counter counts how often it encodes.
type counter struct {
	n   int
	err error
}

func (c *counter) Marshal(v any) ([]byte, error) {
	c.n++
	return []byte(v.(string)), c.err
}

func (*counter) Unmarshal([]byte, any) error { return nil }

// touches are the methods of which the first encodes.
var touches = map[string]func(*form.JSONText) error{
	"Encode": (*form.JSONText).Encode,
	"Rewind": (*form.JSONText).Rewind,
	"Size":   func(j *form.JSONText) error { j.Size(); return j.Encode() },
	"Read": func(j *form.JSONText) error {
		_, err := j.Read(make([]byte, 1))
		return err
	},
}

func testJSONEncodesOnce(t *testing.T) {
	for name, touch := range touches {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			codec := new(counter)
			setCodec(t, codec)
			body := form.JSON("abc")
			is.Equal(codec.n, 0) // not when it is made
			is.NoErr(touch(body))
			is.Equal(codec.n, 1) // at the first use
			checkBody(t, body, "abc")
			is.Equal(codec.n, 1) // and never again
		})
	}
}

func TestJSONKeepsItsBytes(t *testing.T) {
	is := is.New(t)
	reading := map[string]int{"t": 1}
	body := form.JSON(reading)
	is.NoErr(body.Rewind())
	reading["t"] = 2
	checkBody(t, body, `{"t":1}`) // a call sends what the call before has sent
}

func testJSONError(t *testing.T) {
	broken := errors.New("broken")
	for name, tt := range map[string]struct {
		codec form.Codec
		in    any
		want  error
	}{
		"no codec":      {nil, 1, form.ErrNoCodec},
		"codec fails":   {&counter{err: broken}, "half", broken},
		"unknown value": {standard{}, func() {}, nil},
	} {
		for first, touch := range touches {
			t.Run(name+", "+first, func(t *testing.T) {
				is := is.New(t)
				setCodec(t, tt.codec)
				body := form.JSON(tt.in)
				err := touch(body)
				is.True(err != nil)                                // told by the first use
				is.True(tt.want == nil || errors.Is(err, tt.want)) // the codec's own error
				is.Equal(body.Encode(), err)                       // and by every other
				is.Equal(body.Rewind(), err)                       // before the dial
				is.Equal(body.Size(), int64(-1))                   // no size
				text, readErr := io.ReadAll(body)
				is.Equal(readErr, err)      // nothing that looks whole
				is.Equal(len(text), int(0)) // not half a text
			})
		}
	}
}
