// Command goparse tells whether Go's own parser accepts sources: each request on standard input is a length (four bytes,
// big-endian) and a source; each answer is a length and the first error, which is empty when there is none.
package main

import (
	"bufio"
	"encoding/binary"
	"go/parser"
	"go/token"
	"io"
	"log"
	"os"
)

func main() {
	in, out := bufio.NewReaderSize(os.Stdin, 1<<20), bufio.NewWriterSize(os.Stdout, 1<<16)
	var size [4]byte
	for {
		if _, err := io.ReadFull(in, size[:]); err == io.EOF {
			break
		} else if err != nil {
			log.Fatal(err)
		}
		source := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(in, source); err != nil {
			log.Fatal(err)
		}
		answer := ""
		// Without comments: they have no say in what is valid.
		if _, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution); err != nil {
			answer = err.Error()
		}
		binary.BigEndian.PutUint32(size[:], uint32(len(answer)))
		out.Write(size[:])
		out.WriteString(answer)
		if in.Buffered() == 0 {
			if err := out.Flush(); err != nil {
				log.Fatal(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		log.Fatal(err)
	}
}
