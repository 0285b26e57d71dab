//go:build !tinygo

package tlsnet_test

import (
	"crypto/ed25519"
	"crypto/tls"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"
	"github.com/zreq-go/zreq/netdriver/tlsnet"
)

// A key that is a slice of bytes would be printed by package fmt.
func TestKeysAreNotPrinted(t *testing.T) {
	is := is.New(t)
	key := ed25519.NewKeyFromSeed([]byte("a seed of thirty-two bytes, here"))
	cfg := tlsnet.Config{Certificates: []tls.Certificate{{PrivateKey: key}}, ServerName: "device.test"}
	tls := tlsnet.New(&cfg)
	decimal := strings.Trim(fmt.Sprint([]byte(key[:8])), "[]")
	is.True(strings.Contains(fmt.Sprint(cfg.Certificates), decimal)) // or the test proves nothing
	for _, v := range []any{cfg, &cfg, tls, struct{ Config tlsnet.Config }{cfg}, struct{ TLS *tlsnet.TLS }{tls}} {
		text := fmt.Sprintf("%v %+v %#v %s", v, v, v, v)
		is.True(!strings.Contains(text, decimal) && !strings.Contains(text, fmt.Sprintf("%x", []byte(key[:8])))) // no key
		is.True(!strings.Contains(text, "0x61, 0x20"))                                                           // nor in Go
	}
	is.Equal(fmt.Sprint(cfg), `tlsnet.Config(1 certificates, 0 pins, server name "device.test")`) // what it is of use to know
	is.Equal(fmt.Sprint(tls), "tlsnet.TLS")
}
