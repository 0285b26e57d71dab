package form_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
	_ "github.com/zreq-go/zreq/form/stdjson"
)

// upper is a codec of its own kind.
type upper struct{}

func (upper) Marshal(any) ([]byte, error) { return nil, nil }

func (upper) Unmarshal(data []byte, v any) error {
	*v.(*string) = strings.ToUpper(string(data))
	return nil
}

// standard is encoding/json, as the import of stdjson has set it.
type standard struct{}

func (standard) Marshal(v any) ([]byte, error)      { return json.Marshal(v) }
func (standard) Unmarshal(data []byte, v any) error { return json.Unmarshal(data, v) }

// setCodec sets c for the time of a test.
func setCodec(t *testing.T, c form.Codec) {
	t.Cleanup(func() { form.SetCodec(standard{}) })
	form.SetCodec(c)
}

func TestCodec(t *testing.T) {
	is := is.New(t)
	var n int
	is.NoErr(form.Unmarshal([]byte(" 7 "), &n)) // the import set encoding/json
	is.Equal(n, 7)
	is.True(form.Unmarshal([]byte("7 8"), &n) != nil) // trailing data is an error

	var s string
	setCodec(t, upper{})
	is.NoErr(form.Unmarshal([]byte("a"), &s))
	is.Equal(s, "A") // another codec takes its place
	text := form.JSON(7)
	is.True(text.Encode() != nil) // that makes nothing of a value is no empty body
	is.Equal(text.Size(), int64(-1))

	setCodec(t, nil)
	err := form.Unmarshal([]byte("7"), &n)
	is.Equal(err, form.ErrNoCodec)
	is.True(strings.Contains(err.Error(), "form/stdjson")) // the error names the cure
}
