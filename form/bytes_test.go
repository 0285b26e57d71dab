package form_test

import (
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/form"
)

func TestBytes(t *testing.T) {
	for name, in := range map[string]string{
		"none":       "",
		"one":        "a",
		"every byte": every,
		"line ends":  "a\nb\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			checkBody(t, form.Bytes([]byte(in), "application/cbor"), in)
		})
	}
	is := is.New(t)
	is.Equal(form.Bytes(nil, "text/plain; charset=utf-8").ContentType(), "text/plain; charset=utf-8") // as given
	is.Equal(form.Bytes(nil, "").ContentType(), "")                                                   // none is none
	b := []byte("abc")
	body := form.Bytes(b, "")
	b[0] = 'x'
	checkBody(t, body, "xbc") // b is not copied
}
