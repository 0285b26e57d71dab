module github.com/zreq-go/zreq/netdriver/gnutls

go 1.25

require (
	github.com/matryer/is v1.4.1
	github.com/zreq-go/zreq v0.0.0
	go.uber.org/goleak v1.3.0
)

require github.com/valyala/bytebufferpool v1.0.0 // indirect

replace github.com/zreq-go/zreq => ../..
