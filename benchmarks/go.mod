module github.com/zreq-go/zreq/benchmarks

go 1.25.0

require (
	github.com/go-resty/resty/v2 v2.16.5
	github.com/hashicorp/go-retryablehttp v0.7.8
	github.com/matryer/is v1.4.1
	github.com/valyala/fasthttp v1.74.0
	github.com/zreq-go/zreq v0.0.0
	go.uber.org/goleak v1.3.0
)

require (
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/klauspost/compress v1.20.3 // indirect
	github.com/molecule-man/go-brrr v1.0.1 // indirect
	github.com/valyala/bytebufferpool v1.0.0 // indirect
	golang.org/x/net v0.58.0 // indirect
	golang.org/x/time v0.14.0 // indirect
)

replace github.com/zreq-go/zreq => ../
