import java.io.*;
import java.nio.charset.StandardCharsets;
import java.util.regex.*;

/** What this JDK answers: lines of `pattern TAB text` in JSON-like escapes (\\uXXXX for all but letters), answers likewise. */
public class Answers {
    static String read(String word) {
        StringBuilder out = new StringBuilder();
        for (int at = 0; at < word.length(); at++) {
            char c = word.charAt(at);
            if (c == '%') {
                out.append((char) Integer.parseInt(word.substring(at + 1, at + 5), 16));
                at += 4;
            } else out.append(c);
        }
        return out.toString();
    }

    static String write(String text) {
        StringBuilder out = new StringBuilder();
        for (char c : text.toCharArray()) {
            if (c < 128 && Character.isLetterOrDigit(c)) out.append(c);
            else out.append(String.format("%%%04x", (int) c));
        }
        return out.toString();
    }

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, "UTF-8");
        for (String line; (line = in.readLine()) != null; ) {
            String[] words = line.split("\t", -1);
            String pattern = read(words[0]), text = read(words[1]);
            try {
                StringBuilder parts = new StringBuilder();
                for (String part : text.split(pattern)) parts.append(' ').append('=').append(write(part));
                out.println(text.matches(pattern) + "\t" + write(text.replaceAll(pattern, "<$0>")) + "\t" + parts.toString().trim());
            } catch (PatternSyntaxException error) {
                out.println("syntax");
            } catch (StackOverflowError error) {
                out.println("deep");
            }
        }
        out.flush();
    }
}
