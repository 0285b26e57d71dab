// Package proxy is a driver that connects through an HTTP or SOCKS5 proxy, over any other
// driver.
//
//	d, err := proxy.HTTP(via, "proxy.example.org:3128", &proxy.Options{User: "gateway", Password: password})
//	if err != nil {
//		return err
//	}
//	resp, err := zreq.Get(ctx, url, &zreq.Args{Driver: d})
//
// A proxy for the whole program is registered, like every driver:
//
//	netdriver.Register("company", d)
//	err = netdriver.SetDefault("company")
//
// [FromEnvironment] chooses a proxy for each address by HTTP_PROXY and its relatives. No
// other function reads the environment.
//
// Drivers compose. The driver below may be bound to an interface, have several links, or
// be a proxy itself: a connection then goes through both. What the driver below knows of
// its links and sockets, a Driver knows as well.
//
// # HTTP proxies
//
// A connection for https goes through a tunnel, which the proxy opens at a CONNECT. TLS is
// between the caller and the origin, and the proxy sees only the address. For plain http,
// zreq sends its requests to the proxy, which forwards them (RFC 9112, 3.2.2). A caller of
// Dial always gets a tunnel. Many proxies open tunnels only to port 443.
//
// The proxy can be an https one, which means that the connection to the proxy is made with
// TLS. Otherwise anybody on the way to it can read the credentials.
//
// # Credentials
//
// The credentials are sent to the proxy and to nobody else. An HTTP proxy gets them by
// Basic authentication (RFC 7617). Before a tunnel, they are sent only when the proxy has
// asked for them with a 407. The Driver then remembers that, and sends them at once. A 407
// that comes through a tunnel is the origin's, and is not answered. Errors and the text of
// a Driver do not show the credentials.
//
// A TRACE is forwarded without them, because the response to it shows the request (RFC 9110,
// 9.3.8).
//
// That is so for the credentials in Options and in the environment. A Proxy-Authorization
// in the Headers of a call is a field of the request like others. It reaches the proxy only
// with a request that is forwarded. Through a tunnel, or over a link without a proxy, it
// reaches the origin, as some gateways in front of origins want it.
//
// # Time and memory
//
// The context of a dial bounds all of it: the dial of the proxy, its TLS, and its answer.
// In zreq that is Timeouts.Dial. Without a deadline, a proxy that is silent is waited for
// forever. The head of an answer has at most 16 KiB, after at most eight 1xx, and at most
// 4 KiB of the page of a refusal are read, for at most a second.
//
// The connection that Dial returns is the one of the driver below, with all its methods.
// It is another one only if bytes came together with the answer of an HTTP proxy. They
// are read first.
//
// # What it does not do
//
// It does not look names up, listen (BIND), or carry UDP. It knows no Digest, NTLM or
// Kerberos authentication, and no proxy configuration scripts (PAC).
package proxy
