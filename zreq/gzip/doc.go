package gzip
