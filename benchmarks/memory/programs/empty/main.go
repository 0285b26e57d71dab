// Program empty does nothing, in as little memory as a program of Go can.
package main

func main() {}
