package form_test

import (
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

func TestCodec(t *testing.T) {
	is := is.New(t)
	var n int
	is.NoErr(form.Unmarshal([]byte(" 7 "), &n)) // the import set encoding/json
	is.Equal(n, 7)
	is.True(form.Unmarshal([]byte("7 8"), &n) != nil) // trailing data is an error

	var s string
	form.SetCodec(upper{})
	is.NoErr(form.Unmarshal([]byte("a"), &s))
	is.Equal(s, "A") // another codec takes its place

	form.SetCodec(nil)
	err := form.Unmarshal([]byte("7"), &n)
	is.Equal(err, form.ErrNoCodec)
	is.True(strings.Contains(err.Error(), "form/stdjson")) // the error names the cure
}
