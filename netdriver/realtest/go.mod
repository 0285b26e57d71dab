module github.com/zreq-go/zreq/netdriver/realtest

go 1.25

require (
	github.com/matryer/is v1.4.1
	github.com/zreq-go/zreq v0.0.0
	go.uber.org/goleak v1.3.0
)

require (
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/net v0.50.0 // indirect
	golang.org/x/sys v0.41.0 // indirect
	golang.org/x/text v0.34.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)

replace github.com/zreq-go/zreq => ../..
