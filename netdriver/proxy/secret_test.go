package proxy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/zreq-go/zreq/netdriver/proxy"
)

// testSecretsAreNotPrinted: whatever is printed of a driver and what it returns, in all
// forms of package fmt, the credentials are not in it.
func testSecretsAreNotPrinted(t *testing.T) {
	is := is.New(t)
	p := play(t, dialogue{})
	t.Setenv("HTTP_PROXY", "http://"+user+":"+password+"@"+at)
	environment, err := proxy.FromEnvironment(p, nil)
	is.NoErr(err)
	http, socks := httpTo(t, p, withLogin()), socksTo(t, p, withLogin())
	c, path, err := http.DialPath(context.Background(), "tcp", "origin.test:80", true)
	is.NoErr(err)
	is.NoErr(c.Close())
	options := withLogin()
	for _, v := range []any{
		http, socks, environment, *options, options, path, *path,
		struct{ D, E, F any }{http, socks, environment},
		struct{ d, e, f *proxy.Driver }{http, socks, environment},
		struct{ O proxy.Options }{*options},
	} {
		text := fmt.Sprintf("%v %+v %#v %s %q %x", v, v, v, v, v, v)
		is.True(!leaks(text))
		is.True(!strings.Contains(text, fmt.Sprintf("%x", password)))
	}
	is.Equal(fmt.Sprint(http), "proxy.HTTP("+at+")")
	is.Equal(fmt.Sprint(socks), "proxy.SOCKS5("+at+")")
	is.Equal(fmt.Sprint(environment), "proxy.FromEnvironment")
}

// TestUnmade: a Driver that no constructor has made says so, and panics nowhere.
func TestUnmade(t *testing.T) {
	is := is.New(t)
	for _, d := range []*proxy.Driver{nil, {}} {
		c, err := d.Dial(context.Background(), "tcp", "origin.test:80")
		is.True(c == nil && strings.Contains(err.Error(), "HTTP, SOCKS5 or FromEnvironment"))
		is.True(!d.Forwards())
		is.Equal(d.Proxy("origin.test:80"), "")
		is.NoErr(d.Start(context.Background()))
		is.NoErr(d.Stop())
		d.Suspect("lte")
		is.Equal(d.Sockets(), 0)
		is.True(d.Link().Up)
		is.Equal(d.String(), "proxy.Driver")
	}
}
