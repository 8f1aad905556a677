import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;

/** A handler that the tests run behind the front, by an untouched runtime client. */
public class Echo implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
        if ("/raise".equals(event.get("rawPath"))) {
            throw new IllegalStateException("no such order");
        }
        String body = event.get("rawPath") + " for " + context.getFunctionName();
        return Map.of("statusCode", 200, "headers", Map.of("x-request", context.getAwsRequestId()), "body", body);
    }
}
