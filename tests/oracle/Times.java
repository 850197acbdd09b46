import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Scanner;

/** Writes and reads times by java.time, one job a line: fields in base64, an answer a line, "!" for an exception. */
public class Times {
    public static void main(String[] args) {
        Scanner in = new Scanner(System.in, StandardCharsets.UTF_8);
        StringBuilder out = new StringBuilder();
        while (in.hasNextLine()) {
            String[] job = in.nextLine().split(" ", -1);
            for (int at = 1; at < job.length; at++) {
                job[at] = new String(Base64.getDecoder().decode(job[at]), StandardCharsets.UTF_8);
            }
            String answer;
            try {
                DateTimeFormatter form = DateTimeFormatter.ofPattern(job[2], Locale.US);
                if (job[0].equals("write")) {
                    answer = form.format(Instant.ofEpochMilli(Long.parseLong(job[1])).atZone(ZoneId.of(job[3])));
                } else {
                    if (!job[3].isEmpty()) {
                        form = form.withZone(ZoneId.of(job[3]));
                    }
                    answer = Long.toString(ZonedDateTime.parse(job[1], form).toInstant().toEpochMilli());
                }
                answer = "=" + Base64.getEncoder().encodeToString(answer.getBytes(StandardCharsets.UTF_8));
            } catch (RuntimeException error) {
                answer = "!";
            }
            out.append(answer).append('\n');
        }
        System.out.print(out);
    }
}
